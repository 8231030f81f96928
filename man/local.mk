# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS = \
	man/spinor-bench.5 \
	man/spinor-chipdb.5 \
	man/spinor-control.7 \
	man/spinor-record.5 \
	man/spinor.1 \
	man/spinord.1
