#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints the longest of many control calls, in ms, beside a long computation: a host reads 64 KiB
with a clock of 1 Hz, and a second master reads 64 KiB at a time."""
import json
import os
import socket
import subprocess
import sys
import tempfile
import time

CALLS = 400
BENCH = """\
[bench]
timing = virtual
[adapter clip]
tcp = 127.0.0.1:0
[chip only]
part = W25Q128JV
[fault cpu]
what = master
duty = 1
reads = 65536
period = 1s
"""
HZ = bytes.fromhex("14 01000000")
READ = bytes.fromhex("13 040000 000001 03000000")


def receive(host, n):
    while n > 0:
        got = len(host.recv(n))
        if got == 0:
            sys.exit("latency: the daemon has closed the host's connection")
        n -= got


def worst_ms(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        lines = client.makefile("rb")
        worst = 0
        for number in range(CALLS):
            request = {"jsonrpc": "2.0", "id": number, "method": "bench.status"}
            begin = time.monotonic()
            client.sendall(json.dumps(request).encode() + b"\n")
            if b'"result"' not in lines.readline():
                sys.exit("latency: bench.status failed")
            worst = max(worst, time.monotonic() - begin)
    return worst * 1000


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "control")
        bench = os.path.join(folder, "master.bench")
        with open(bench, "w", encoding="utf-8") as file:
            file.write(BENCH)
        with subprocess.Popen([os.environ["SPINORD"], "--control", path, bench],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as daemon:
            port = int(daemon.stdout.readline().split("ip=127.0.0.1:")[1].split()[0])
            with socket.create_connection(("127.0.0.1", port)) as host:
                host.sendall(HZ)
                receive(host, 5)
                host.sendall(READ)
                print("%.1f" % worst_ms(path))
            daemon.terminate()


main()
