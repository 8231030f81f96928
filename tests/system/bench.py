# SPDX-License-Identifier: GPL-2.0-or-later
"""Daemons, hosts and TAP for test scripts that run many chips at a time.

Every process has a time limit, ends with the script in all cases, and is waited for. A script is
one coroutine that run() executes; each chip has its own Bench in its own folder.
"""
import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPINORD = os.environ.get("SPINORD", os.path.join(TOP, "build/spinord"))
SPINOR = os.environ.get("SPINOR", os.path.join(os.path.dirname(SPINORD), "spinor"))
os.environ.setdefault("SPINOR_CHIPDB", os.path.join(TOP, "chipdb"))
os.environ["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin"
FLASHROM = os.environ.get("FLASHROM") or shutil.which("flashrom")
# Makes flashrom sleep in its busy waits, so that many can run at a time; see idle.c.
IDLE = os.path.join(os.path.dirname(SPINORD), "tests/system/idle.so")


TIME_FACTOR = int(subprocess.run(
    [os.path.join(TOP, "tests/time-factor")], stdout=subprocess.PIPE, check=True).stdout)


def limit(seconds, least=60):
    """A time limit for a hang: longer on a slow or busy machine."""
    return max(seconds, least) * TIME_FACTOR


async def within(seconds, awaitable, least=60):
    """Its result; asyncio.TimeoutError after the limit."""
    return await asyncio.wait_for(awaitable, limit(seconds, least))


class Failed(Exception):
    """A step failed; the text contains the expected and the actual result."""


async def start(*args, **kwargs):
    """Starts a process that the kernel kills if this one is killed. Without preexec_fn, which would
    make Python fork with all its data for each process."""
    return await asyncio.create_subprocess_exec(
        "setpriv", "--pdeathsig", "KILL", "--", *args, stdin=asyncio.subprocess.DEVNULL, **kwargs)


async def end(process):
    """Kills the process if it is still running, and waits for it."""
    if process.returncode is None:
        try:
            process.kill()
        except ProcessLookupError:
            pass
    await process.wait()


async def output(seconds, *args, **kwargs):
    """Exit status and all output of a command; status None: time-out."""
    process = await start(
        *args, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, **kwargs)
    try:
        text, _ = await within(seconds, process.communicate())
        return process.returncode, text.decode(errors="replace").replace("\b", "")
    except asyncio.TimeoutError:
        return None, "did not end in %d s" % limit(seconds)
    finally:
        await end(process)


class Bench:
    """A spinord with one chip, and its host.

    A host on TCP is faster, several times if many run at once: for a pseudo-terminal the kernel
    wakes another thread for each message.
    """

    def __init__(self, folder, part, timing, content=None, tcp=False):
        self.folder = folder
        self.options = ["--chip", part, "--timing", timing]
        self.control = self.path("control")
        self.log = self.path("log")
        self.port = ("--tcp", "0") if tcp else ("--link", self.path("tty"))
        self.image = ("--image", self.path("image"))
        self.programmer = None
        self.daemon = None
        if content is not None:
            self.save("image", content)

    async def __aenter__(self):
        with open(self.log, "wb") as log:
            self.daemon = await start(
                SPINORD, *self.options, *self.image, *self.port,
                "--control", self.control,
                stdout=asyncio.subprocess.PIPE, stderr=log)
        try:
            line = await within(20, self.daemon.stdout.readline())
        except asyncio.TimeoutError:
            line = b""
        if not line.startswith(b"ready: "):
            await end(self.daemon)
            raise Failed("spinord %s: no ready line: %s" % (
                " ".join(self.options), self.log_text()))
        words = line.decode().split()
        self.programmer = next(word for word in words if word.startswith("serprog:"))
        return self

    async def __aexit__(self, kind, *_):
        if self.daemon.returncode is None:
            self.daemon.terminate()
        try:
            await within(15, self.daemon.wait())
        except asyncio.TimeoutError:
            pass
        finally:
            await end(self.daemon)
        if kind is None and self.daemon.returncode != 0:
            raise Failed("spinord ended with %d: %s" % (self.daemon.returncode, self.log_text()))

    def log_text(self):
        with open(self.log, errors="replace") as log:
            return log.read().strip()

    def path(self, name):
        return os.path.join(self.folder, name)

    def save(self, name, content):
        with open(self.path(name), "wb") as file:
            file.write(content)
        return self.path(name)

    def load(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    async def flashrom(self, seconds, *args):
        """Exit status and output."""
        environment = dict(os.environ, LD_PRELOAD=IDLE) if os.path.exists(IDLE) else None
        for _ in range(3):
            status, text = await output(
                seconds, FLASHROM, "-p", self.programmer, *args, env=environment)
            # flashrom waits some tenths of a second for an adapter to synchronise, which may be too
            # short on a loaded machine. No command has reached the chip then.
            if "Programmer initialization failed" not in text:
                break
        return status, text

    async def call(self, method, **params):
        """Calls a method of the control socket."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        reader, writer = await asyncio.open_unix_connection(self.control, limit=1 << 20)
        try:
            writer.write(json.dumps(request).encode() + b"\n")
            reply = json.loads(await within(20, reader.readline()))
        finally:
            writer.close()
        if "error" in reply:
            raise Failed("%s: %s" % (method, reply["error"]["message"]))
        return reply["result"]

    async def protected(self):
        """The ranges that the chip protects now: first byte and length of each."""
        status = await self.call("bench.status")
        return [(each["start"], each["length"])
                for each in status["adapters"][0]["chips"][0]["protected"]]

    async def spi(self, *operations):
        """Sends raw SPI operations: each is the bytes to send."""
        host, port = self.programmer.split("=")[1].split(":")
        reader, writer = await asyncio.open_connection(host, port)
        try:
            for sent in operations:
                writer.write(bytes([0x13]) + len(sent).to_bytes(3, "little") + bytes(3) + sent)
                if await within(20, reader.readexactly(1)) != b"\x06":
                    raise Failed("O_SPIOP was rejected")
        finally:
            writer.close()
            await writer.wait_closed()


class Report:
    """TAP output: one point per chip, in the order of completion."""

    def __init__(self):
        self.count = 0
        self.failures = []

    def _say(self, line):
        self.count += 1
        print(line % self.count, flush=True)

    def diag(self, text):
        for line in text.strip().split("\n"):
            print("# " + line, flush=True)

    def ok(self, name):
        self._say("ok %d - " + name.replace("%", "%%"))

    def skip(self, name, why):
        self._say("ok %d - " + name.replace("%", "%%") + " # SKIP " + why)

    def not_ok(self, name, why):
        self._say("not ok %d - " + name.replace("%", "%%"))
        self.diag(why)
        self.failures.append((name, why))

    def done(self):
        print("1..%d" % self.count, flush=True)


async def parts():
    """All parts of the chipdb, as listed by spinor."""
    process = await start(SPINOR, "chips", "--json", stdout=asyncio.subprocess.PIPE)
    try:
        text, _ = await within(20, process.communicate())
    finally:
        await end(process)
    if process.returncode != 0:
        raise SystemExit("Bail out! spinor chips ended with %s" % process.returncode)
    return json.loads(text)


async def flashrom_chips():
    """Name and KiB of every SPI chip that the installed flashrom supports, in its order."""
    _, text = await output(20, FLASHROM, "-L")
    chips = []
    for line in text[text.index("Supported flash chips"):].split("\n")[1:]:
        if line.startswith("Supported "):
            break
        first = re.match(r"\S.{28}(.{37}).*?(\d+)  (\S.*?)\s*$", line)
        if first:
            chips.append([first[1].strip(), int(first[2]), first[3]])
        elif chips and line.startswith(" " * 29) and line.strip():
            chips[-1][0] += line.strip()  # a long name continues on the next line
    return [(name, kib) for name, kib, kind in chips if kind == "SPI"]


async def all_of(coroutines):
    """Runs all coroutines; if one raises, cancels the others before it raises as well."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def run(script):
    """Runs script(folder, report) and removes the folder. A signal cancels the script."""
    if not FLASHROM:
        if os.environ.get("CI") == "true":
            print("Bail out! flashrom is not installed")
            sys.exit(1)
        print("1..0 # SKIP flashrom is not installed")
        sys.exit(0)

    async def main():
        task = asyncio.current_task()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        report = Report()
        with tempfile.TemporaryDirectory(prefix="spinor-test.") as folder:
            os.environ["XDG_RUNTIME_DIR"] = folder
            await script(folder, report)
        report.done()

    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        sys.exit(143)
