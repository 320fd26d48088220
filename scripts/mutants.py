"""What mutate_attention and mutate_kernels share: plants bugs into copies of the source, one at a time, and asks tests.

A bug is (class, what goes wrong, [(file, text that is there once, text in its place), ...]). A test is the command line of
a program of the build's tests/, from there.
"""
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Copy:
    """A copy of the source and its build, in `folder`, which stay there for the next run."""

    def __init__(self, folder, options, programs, compiled_by):
        self.folder, self.source, self.binaries = folder, folder / "source", folder / "build"
        self.options, self.programs, self.compiled_by = options, programs, compiled_by
        # Copies share what ccache has compiled.
        self.environment = {**os.environ, "CCACHE_BASEDIR": str(folder), "CCACHE_NOHASHDIR": "1"}

    def take_source(self):
        """Brings the copy up to date; files that have not changed keep their times, so that little is built again."""
        listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
                                capture_output=True, text=True).stdout
        listing = self.folder / "files"
        self.source.mkdir(parents=True, exist_ok=True)
        files = [name for name in listed.splitlines() if (ROOT / name).is_file()]
        for name in files:
            target, content = self.source / name, (ROOT / name).read_bytes()
            if target.is_file() and target.read_bytes() == content:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        known = listing.read_text().splitlines() if listing.exists() else []
        for name in set(known) - set(files):
            (self.source / name).unlink(missing_ok=True)
        listing.write_text("\n".join(files))

    def logged(self, command, log):
        with (self.folder / log).open("w") as out:
            return subprocess.run(command, stdout=out, stderr=out, env=self.environment).returncode == 0

    def configure(self):
        command = ["cmake", "-S", self.source, "-B", self.binaries, "-G", "Ninja", "-DATTNSCOPE_GUI=OFF",
                   "-DATTNSCOPE_CUDA=OFF", *self.options]
        if subprocess.run(["which", "ccache"], capture_output=True).returncode == 0:
            command.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
        return self.logged(command, "configure.log")

    def build(self, jobs):
        return self.logged(["cmake", "--build", self.binaries, "-j", str(jobs), "--target", *self.programs], "build.log")

    @staticmethod
    def failed_test(lines):
        """The first test that says so; where the program ended without a word, the one that began last.

        What is skipped after a failure begins too, as GoogleTest prints it.
        """
        failed = [line for line in lines if line.startswith("[  FAILED  ] ")]
        begun = [line for line in lines if line.startswith("[ RUN      ] ")]
        line = failed[0] if failed else begun[-1] if begun else None
        return line and line.split("] ", 1)[1].split(" (")[0].split(",")[0]

    def noticed_by(self, tests):
        """The first test that fails or does not end; None if all pass."""
        for program, *arguments in tests:
            command = [self.binaries / "tests" / program, *arguments, "--gtest_fail_fast"]
            try:
                run = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=600)
            except subprocess.TimeoutExpired:
                return f"{Path(program).name} (does not end)"
            if run.returncode != 0:
                return self.failed_test(run.stdout.splitlines()) or Path(program).name
        return None

    def plant(self, bug):
        """Writes the bug; returns what to restore. Throws ValueError where it does not fit the source."""
        originals, texts = {}, {}
        for name, old, new in bug[2]:
            path = self.source / name
            originals.setdefault(path, path.read_text())
            text = texts.get(path, originals[path])
            if text.count(old) != 1:
                raise ValueError(f"{name}: {text.count(old)} times instead of once: {old}")
            texts[path] = text.replace(old, new)
        self.write(texts)
        return originals

    def write(self, texts):
        for path, text in texts.items():
            before = path.stat()
            path.write_text(text)
            if self.compiled_by and path.suffix == ".h":
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                (self.source / self.compiled_by).touch()


class Mutants:
    """`programs`: targets to build. `tests_of(bug)`: tests in the order in which they are asked, of None: all.

    `copies` bugs are tried at once. `compiled_by`: the only source file in which a bug of a header shows, so that
    what else includes the header need not be built again.
    """

    def __init__(self, name, options, programs, tests_of, copies=1, compiled_by=None):
        self.name, self.tests_of = name, tests_of
        self.jobs = max(1, (os.cpu_count() or 1) // copies)
        self.copies = [Copy(ROOT / "build" / "mutants" / name / str(index), options, programs, compiled_by)
                       for index in range(copies)]
        self.survivors, self.complaints = 0, []

    def complain(self, text):
        self.complaints.append(text)
        print(f"mutate_{self.name}: {text}", file=sys.stderr)

    def prepare(self):
        for index, copy in enumerate(self.copies):
            copy.take_source()
            if not copy.configure() or not copy.build(os.cpu_count() or 1):
                return self.complain(f"the copy does not build; see the logs in {copy.folder.relative_to(ROOT)}")
            failing = copy.noticed_by(self.tests_of(None)) if index == 0 else None
            if failing:
                return self.complain(f"fails without any bug: {failing}")

    def try_one(self, copy, bug):
        begin = time.monotonic()
        try:
            originals = copy.plant(bug)
        except ValueError as error:
            return self.complain(str(error))
        built = copy.build(self.jobs)
        by = copy.noticed_by(self.tests_of(bug)) if built else None
        copy.write(originals)
        if not built:
            return self.complain(f"does not build: {bug[1]}")
        self.survivors += by is None
        print(f"{bug[0]:<13} {bug[1]:<70} {'NOT CAUGHT' if by is None else 'caught by ' + by}"
              f" ({time.monotonic() - begin:.0f} s)", flush=True)

    def try_all(self, copy, bugs):
        while not self.complaints:
            try:
                bug = bugs.get_nowait()
            except queue.Empty:
                return
            self.try_one(copy, bug)

    def main(self, all_bugs):
        """Exit status: 1 if a bug goes unnoticed, 2 if one does not fit the source any more or the copy fails."""
        words = [word.lower() for word in sys.argv[1:]]
        bugs = queue.Queue()
        for bug in all_bugs:
            if not words or any(word in (bug[0] + " " + bug[1]).lower() for word in words):
                bugs.put(bug)
        count = bugs.qsize()
        self.prepare()
        lanes = [threading.Thread(target=self.try_all, args=(copy, bugs)) for copy in self.copies]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        if self.complaints:
            sys.exit(2)
        print(f"{count} bugs, {self.survivors} not caught")
        sys.exit(1 if self.survivors else 0)
