# SPDX-License-Identifier: GPL-2.0-or-later
"""
Tests with pytest; a fixture gives each test its own chip.

    pytest examples/ci/test_flash.py
"""
import json
import os
import subprocess

import pytest

SPINOR = os.environ.get("SPINOR", "spinor")
ENVIRONMENT = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
CHIP = "W25Q80DV"
SIZE = 1024 * 1024


@pytest.fixture
def emulated(tmp_path):
    """A function that runs a command against a new chip and returns the process and the report."""

    def run(*command, options=()):
        report = tmp_path / "report.json"
        done = subprocess.run(
            [SPINOR, "run", "--chip", CHIP, "--timeout", "5m", "--report", report, *options,
             "--", *command],
            env=ENVIRONMENT, capture_output=True, text=True, check=False)
        return done, json.loads(report.read_text()) if report.exists() else None

    return run


def test_write(emulated, tmp_path):
    firmware = tmp_path / "firmware.bin"
    firmware.write_bytes(os.urandom(SIZE))
    done, report = emulated("flashrom", "-p", "serprog:dev={tty}:115200", "-w", firmware,
                            options=["--expect-image", firmware])
    assert done.returncode == 0, done.stderr
    assert report["passed"] and report["command_status"] == 0
    assert report["stats"]["programs"] >= SIZE // 256
    assert report["stats"]["ignored"] == 0, report["stats"]["by_reason"]


def test_a_fault_is_noticed(emulated):
    done, report = emulated("flashrom", "-p", "serprog:dev={tty}:115200",
                            options=["--fault", "open line=miso"])
    assert done.returncode == report["command_status"] == 1
    assert not report["passed"] and report["faults"][0]["acted"] > 0


def test_probe_changes_nothing(emulated):
    done, report = emulated("flashrom", "-p", "serprog:dev={tty}:115200")
    assert done.returncode == 0, done.stderr
    assert report["stats"]["erases"] == 0
    assert report["chips"][0]["image"]["blank"]
