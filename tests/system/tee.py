#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tee.py HOST:PORT SENT RECEIVED: connects one host to an adapter on TCP and records the bytes of
both directions.

Prints the port of 127.0.0.1 where the host has to connect, and ends when either side does.
"""
import select
import socket
import sys

address, port = sys.argv[1].rsplit(":", 1)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
listener.settimeout(60)
host, _ = listener.accept()
adapter = socket.create_connection((address, int(port)))
for each in host, adapter:
    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
with open(sys.argv[2], "wb") as sent, open(sys.argv[3], "wb") as received:
    ways = {host: (adapter, sent), adapter: (host, received)}
    going = True
    while going:
        for source in select.select(list(ways), [], [])[0]:
            to, file = ways[source]
            data = source.recv(65536)
            going = going and data != b""
            to.sendall(data)
            file.write(data)
