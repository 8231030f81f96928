# SPDX-License-Identifier: GPL-2.0-or-later
dist_man_MANS = \
	man/spinor-chipdb.5 \
	man/spinord.1
