# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions of a user: commands that run in one directory, one after the other, with spinord, spinor
and flashrom in PATH. A row is how, the command, and a regular expression for its output. How:

    run        it ends with status 0
    fails      it ends with status 1; fails2 with 2, and so on
    daemon     it runs until the next daemon or the end of the session; its first line is compared
    live       on a terminal, until the output matches; the row has a command that is repeated
               meanwhile
    elsewhere  the row has the test that runs it, and text that is in that test

/tmp in a command is replaced by the directory of the session, a numbered terminal by that of the
daemon, and the number in a control socket's name by the daemon's.
"""
import asyncio
import os
import re
import shlex
import shutil

from bench import Failed, end, limit, output, start, within
from bench import FLASHROM, SPINOR, SPINORD, TOP


def read(name):
    """A file of the source."""
    with open(os.path.join(TOP, name), encoding="utf-8") as file:
        return file.read()


class Session:
    """Runs the commands of one session in a directory."""

    def __init__(self, folder):
        self.folder = folder
        self.daemon = None
        self.tty = None  # the daemon's terminal
        self.environment = dict(
            os.environ, XDG_RUNTIME_DIR=folder, PATH=self.programs() + ":" + os.environ["PATH"],
            COLUMNS="80", TERM="xterm")
        os.mkfifo(os.path.join(folder, "input"))
        self.environment.pop("SPINOR_CONTROL", None)

    def programs(self):
        """A directory with the programs under test, as if they were installed."""
        programs = os.path.join(self.folder, "programs")
        os.mkdir(programs)
        for name, path in (("spinord", SPINORD), ("spinor", SPINOR), ("flashrom", FLASHROM)):
            os.symlink(os.path.abspath(path), os.path.join(programs, name))
        return programs

    def adapt(self, command):
        command = command.replace("/tmp/", self.folder + "/")
        if self.daemon:
            command = command.replace("4711.sock", "%d.sock" % self.daemon.pid)
            command = re.sub(r"/dev/pts/\d+", self.tty, command)
        return command

    async def begin(self, command, **kwargs):
        return await start("bash", "-c", "exec " + self.adapt(command), cwd=self.folder,
                           env=self.environment, **kwargs)

    async def run(self, command, wanted, right=0):
        status, text = await output(300, "bash", "-c", self.adapt(command), cwd=self.folder,
                                    env=self.environment)
        if status != right:
            raise Failed("exit status %s: %s" % (status, text))
        self.compare(text, wanted)

    async def start_daemon(self, command, wanted):
        """Runs it until the next one; its first lines are compared."""
        await self.end_daemon()
        self.daemon = await self.begin(command, stdout=asyncio.subprocess.PIPE,
                                       stderr=asyncio.subprocess.STDOUT)
        try:
            text = line = (await within(20, self.daemon.stdout.readline())).decode()
            # What a bench file creates or changes.
            while "notice: " in line:
                line = (await within(20, self.daemon.stdout.readline())).decode()
                text += line
        except asyncio.TimeoutError:
            raise Failed("no line in %d s" % limit(20)) from None
        tty = re.search(r"dev=(\S+?):", text)
        self.tty = tty[1] if tty else "/dev/null"
        self.compare(text, wanted)

    async def end_daemon(self):
        if self.daemon:
            self.daemon.terminate()
            await within(20, self.daemon.wait())
            await end(self.daemon)
            self.daemon = None

    async def watch(self, command, wanted, stimulus):
        """Runs it on a terminal, and repeats the stimulus until the output matches."""
        # Its standard input stays open, as that of a terminal.
        script = "script -qefc %s /dev/null <>%s" % (
            shlex.quote(self.adapt(command)), os.path.join(self.folder, "input"))
        process = await start("bash", "-c", "exec " + script, cwd=self.folder,
                              env=self.environment, stdout=asyncio.subprocess.PIPE,
                              stderr=asyncio.subprocess.DEVNULL)
        text = b""
        reading = asyncio.ensure_future(process.stdout.read(65536))
        try:
            for _ in range(20):
                tty = re.search(r"ready: .*dev=(\S+?):", text.decode(errors="replace"))
                ready = stimulus.replace("{tty}", tty[1] if tty else "/dev/null")
                await output(60, "bash", "-c", self.adapt(ready), cwd=self.folder,
                             env=self.environment)
                while reading.done():
                    text += reading.result()
                    if not reading.result():
                        break
                    reading = asyncio.ensure_future(process.stdout.read(65536))
                    await asyncio.sleep(0)
                if self.matches(text.decode(errors="replace"), wanted):
                    return
        finally:
            reading.cancel()
            if process.returncode is None:
                process.terminate()
                await within(20, process.wait())
            await end(process)
        self.compare(text.decode(errors="replace"), wanted)

    def matches(self, text, wanted):
        return re.search(wanted, re.sub(r"\x1b\[[0-9;]*[A-Za-z]|\r", "", text), re.S | re.M)

    def compare(self, text, wanted):
        if not self.matches(text, wanted):
            raise Failed("wanted a match of %s, got: %s" % (wanted, text))

    async def step(self, how, command, wanted, *more):
        how = how.lstrip("+")
        if how == "elsewhere":
            if more[0] not in read(wanted):
                raise Failed("%s has no %s" % (wanted, more[0]))
        elif how == "daemon":
            await self.start_daemon(command, wanted)
        elif how == "live":
            await self.watch(command, wanted, more[0])
        else:
            await self.run(command, wanted, int(how.removeprefix("fails") or 1)
                           if how.startswith("fails") else 0)


async def run_session(folder, report, name, rows):
    """A test point for each row."""
    os.mkdir(folder)
    session = Session(folder)
    try:
        for row in rows:
            title = "%s: %s" % (name, row[1])
            try:
                await session.step(*row)
            except (Failed, asyncio.TimeoutError) as why:
                report.not_ok(title, str(why) or "time-out")
            else:
                report.ok(title)
    finally:
        await session.end_daemon()
        shutil.rmtree(folder)
