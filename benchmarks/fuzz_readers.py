"""Read damaged files and packets: every error must be a typed one, in bounded time and memory.

Samples are the files of tests/datasets/files, and for alerts also Avro files and decoded packets
with the published schemas (tests/datasets/alert_files.py). Each trial damages one sample at random
and reads it. Reported are the errors that the documentation of the reader does not name, with the
line of this library where they arose and the number of the trial; the slowest trial; and the growth
of the peak memory over that of the undamaged samples. A trial that takes more than LIMIT seconds
of CPU time, or needs more than MEMORY bytes of address space, counts as an error.

Trials depend only on the seed and their number: --trial repeats one of them and shows its error.
A run that is interrupted (Control-C) reports the trials so far.

    python benchmarks/fuzz_readers.py --reader tables|spectra|alerts --seconds 600 --seed 0
"""

import argparse
import collections
import contextlib
import gzip
import io
import json
import resource
import signal
import sys
import tarfile
import tempfile
import time
import traceback
import warnings
from pathlib import Path

import numpy as np

from sklearn_sn.datasets import read_alerts, read_spectra, read_tables

ROOT = Path(__file__).resolve().parents[1]
FILES = ROOT / "tests" / "datasets" / "files"
LIMIT = 20  # seconds of CPU time for one trial
MEMORY = 6 * 2**30  # bytes of address space
TYPED = (ValueError, FileNotFoundError)  # those that the documentation of the readers names

TOKENS = (
    *(b",", b"\n", b"\r\n", b"\t", b" ", b"#", b'"', b"'", b"{", b"}", b"[", b"]", b":", b"|"),
    *(b"nan", b"inf", b"-inf", b"null", b"None", b"-999", b"99.0", b"1e400", b"1e-400", b"0"),
    *(b"-1", b"2e308", b"9223372036854775808", b"\xff", b"\x00", b"\xef\xbb\xbf", b"true", b"-"),
    *(b" " * 4000, b"[" * 4000, b'{"a":' * 2000, b"9" * 400, b"a,b;c d" * 500),
    *("é".encode(), b"SIMPLE  =", b"NAXIS1  =", b"object_id", b"mjd", b"flux", b"mag", b"time"),
)
VALUES = (
    *(None, True, False, 0, -1, 2**63, -(2**70), 10**400, 0.5, 1e300, float("nan"), float("inf")),
    *("", "nan", "t", "1e400", "ZTF", b"", b"\x1f\x8b", b"SIMPLE  =", [], [None], {}, {"a": 1}),
)


class TooSlow(BaseException):
    """Raised by the timer; not an Exception, so that no reader catches it."""


def _raise_too_slow(signum, frame):
    raise TooSlow(f"more than {LIMIT} s")


# Damage ------------------------------------------------------------------------------


def flip_bits(content, rng, others):
    array = np.frombuffer(content, np.uint8).copy()
    for place in rng.integers(len(array), size=rng.integers(1, 12)):
        array[place] ^= 1 << rng.integers(8)
    return array.tobytes()


def replace_bytes(content, rng, others):
    array = np.frombuffer(content, np.uint8).copy()
    head = min(len(array), 3000) if rng.random() < 0.5 else len(array)
    for place in rng.integers(head, size=rng.integers(1, 6)):
        array[place] = rng.choice(np.frombuffer(b"0123456789eE+-.,;#'/= \n\tTNaA", np.uint8))
    return array.tobytes()


def truncate(content, rng, others):
    return content[: rng.integers(len(content) + 1)]


def delete(content, rng, others):
    start = rng.integers(len(content))
    return content[:start] + content[start + rng.integers(1, 60) :]


def insert_tokens(content, rng, others):
    for _ in range(rng.integers(1, 5)):
        place = rng.integers(len(content) + 1)
        content = content[:place] + TOKENS[rng.integers(len(TOKENS))] + content[place:]
    return content


def change_lines(content, rng, others):
    """Repeat, swap or drop lines."""
    lines = content.split(b"\n")
    i, j = rng.integers(len(lines), size=2)
    kind = rng.integers(3)
    if kind == 0:
        lines.insert(i, lines[j])
    elif kind == 1:
        lines[i], lines[j] = lines[j], lines[i]
    else:
        del lines[i]
    return b"\n".join(lines)


def change_fields(content, rng, others):
    """Replace, repeat or drop one field of one line, or the same one of all lines."""
    separator = max((b",", b"\t", b"|", b" "), key=content.count)
    lines = [line.split(separator) for line in content.split(b"\n")]
    number = rng.integers(max(len(lines[rng.integers(len(lines))]), 1))
    chosen = range(len(lines)) if rng.random() < 0.5 else [rng.integers(len(lines))]
    kind, token = rng.integers(3), TOKENS[rng.integers(len(TOKENS))]
    for line in (lines[i] for i in chosen):
        if number < len(line):
            line[number : number + 1] = ([token], [line[number]] * 2, [])[kind]
    return b"\n".join(separator.join(line) for line in lines)


def splice(content, rng, others):
    other = others[rng.integers(len(others))]
    return content[: rng.integers(len(content))] + other[rng.integers(len(other)) :]


def move(content, rng, others):
    start, stop = sorted(rng.integers(len(content), size=2))
    return content[stop:] + content[start:stop] + content[:start]


def randomise(content, rng, others):
    noise = rng.integers(256, size=rng.integers(1, 4000), dtype=np.uint8).tobytes()
    return content[: rng.integers(100)] + noise


DAMAGE = (
    *(flip_bits, replace_bytes, truncate, delete, insert_tokens, change_lines, change_fields),
    *(splice, move, randomise),
)


def damage(content, rng, others):
    """Return the content with one or two kinds of damage, sometimes compressed."""
    for _ in range(rng.integers(1, 3)):
        content = DAMAGE[rng.integers(len(DAMAGE))](content or b"\n", rng, others)
    if rng.random() < 0.05:
        content = gzip.compress(content, mtime=0)
        content = flip_bits(content, rng, others) if rng.random() < 0.5 else content
    return content


def damage_packet(packet, rng, others):
    """Replace or drop one to three values, at any depth."""
    packet = _copied(packet)
    for _ in range(rng.integers(1, 4)):
        node = packet
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = keys[rng.integers(len(keys))]
            if isinstance(node[key], (dict, list)) and node[key] and rng.random() < 0.9:
                node = node[key]
                continue
            if isinstance(node[key], bytes) and node[key] and rng.random() < 0.8:
                node[key] = damage(node[key], rng, others)
            elif rng.random() < 0.15:
                del node[key]
            else:
                node[key] = _copied(VALUES[rng.integers(len(VALUES))])
            break
    return packet


def _copied(value):
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


# Readers -----------------------------------------------------------------------------


def sample_files():
    """Return {name: content} of the sample files."""
    paths = sorted(FILES.iterdir())
    # "name.json" beside "name" holds the values that the file must give.
    return {p.name: p.read_bytes() for p in paths if not p.with_suffix("").exists()}


class Files:
    """Read sample files, by path or as handle.

    Parameters
    ----------
    read : callable
        The reader.
    """

    def __init__(self, read):
        self.read, self.samples = read, sample_files()
        self.names, self.contents = list(self.samples), list(self.samples.values())
        self.folder = tempfile.TemporaryDirectory()
        for name, content in self.samples.items():  # files in two parts need their neighbours
            (Path(self.folder.name) / name).write_bytes(content)

    def undamaged(self):
        for name in self.names:
            with contextlib.suppress(TYPED):  # spectra among the tables, and the reverse
                self._read_path(name)

    def trial(self, rng):
        name = self.names[rng.integers(len(self.names))]
        content = damage(self.samples[name], rng, self.contents)
        if rng.random() < 0.5:
            handle = io.BytesIO(content)
            handle.name = name
            self.read(handle)
            return
        path = Path(self.folder.name) / name
        path.write_bytes(content)
        try:
            self._read_path(name)
        finally:
            path.write_bytes(self.samples[name])

    def close(self):
        self.folder.cleanup()

    def _read_path(self, name):
        self.read(Path(self.folder.name) / name)


def alert_packets():
    """Return decoded packets by survey, with the Avro schema of the survey."""
    sys.path.insert(0, str(ROOT))
    from tests.datasets import alert_files as made

    point = {"ra": 10.0, "dec": -20.0, "snr": 9.0}
    image = made.stamp(np.ones((5, 5), np.float32), compress=False)
    rubin, elasticc = [], []
    for number in range(6):
        source = {"diaSourceId": number, "diaObjectId": 7 + number // 3, "band": "gri"[number % 3]}
        source |= {"visit": number, "detector": 1, "midpointMjdTai": 61000.0 + number}
        source |= {"psfFlux": 5000.0, "psfFluxErr": 300.0, **point}
        forced = {"diaForcedSourceId": number, "diaObjectId": 7, "scienceFlux": 1e6, "band": "u"}
        forced |= {"midpointMjdTai": 60999.0, "ra": 10.0, "dec": -20.0, "psfFlux": 1.0}
        rubin.append(
            {"diaSourceId": number, "observation_reason": "test", "diaSource": source}
            | {"prvDiaSources": rubin[-1:] and [rubin[-1]["diaSource"]]}
            | {"prvDiaForcedSources": [forced], "cutoutScience": image}
            | {"diaObject": {"diaObjectId": 7, "ra": 10.0, "dec": -20.0}}
        )
        source = {"diaSourceId": number, "ccdVisitId": number, "diaObjectId": 7 + number // 3}
        source |= {"midPointTai": 60000.0 + number, "filterName": "g", "ra": 10.0, "decl": -20.0}
        source |= {"psFlux": 100.0, "psFluxErr": 5.0, "snr": 20.0}
        elasticc.append(
            {"alertId": number, "diaSource": source, "cutoutDifference": image}
            | {"prvDiaSources": elasticc[-1:] and [elasticc[-1]["diaSource"]]}
            | {"diaObject": {"diaObjectId": 7, "ra": 10.0, "decl": -20.0, "z_final": 0.1}}
        )
    return {
        "ztf": (made.ztf_stream(), made.ztf_schema()),
        "rubin": (rubin, made.rubin_schema()),
        "elasticc": (elasticc, made.elasticc_schema()),
    }, made.avro


class Alerts:
    """Read Avro, JSON and tar files of alerts, and decoded packets."""

    def __init__(self):
        surveys, avro = alert_packets()
        self.packets = [packet for packets, _ in surveys.values() for packet in packets]
        files = sample_files()
        self.contents = [files[name] for name in ("ztf_alert.avro", "elasticc_alert.json")]
        for packets, schema in surveys.values():
            self.contents += [avro(packets, schema, codec=codec) for codec in ("null", "deflate")]
            self.contents.append(avro(packets[:1], schema))
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for number, content in enumerate(self.contents[:4]):
                member = tarfile.TarInfo(f"{number}.avro")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        lines = [json.dumps(p, default=lambda b: b.hex()) for p in self.packets[:5]]
        self.contents += [archive.getvalue(), "\n".join(lines).encode()]

    def undamaged(self):
        for content in self.contents:
            read_alerts(content)
        read_alerts(self.packets)

    def trial(self, rng):
        per = ("object", "alert")[rng.integers(2)]
        if rng.random() < 0.4:
            packets = [
                damage_packet(self.packets[i], rng, self.contents)
                for i in rng.integers(len(self.packets), size=rng.integers(1, 4))
            ]
            read_alerts(packets, per=per)
            return
        content = self.contents[rng.integers(len(self.contents))]
        read_alerts(damage(content, rng, self.contents), per=per)

    def close(self):
        pass


READERS = {
    "tables": lambda: Files(read_tables),
    "spectra": lambda: Files(read_spectra),
    "alerts": Alerts,
}


# Report ------------------------------------------------------------------------------


def peak_memory():
    """Return the largest resident memory so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def location(error):
    """Return file and line of this library where an error arose."""
    frames = traceback.extract_tb(error.__traceback__)
    frames = [f for f in frames if "sklearn_sn" in f.filename] or frames
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"


def outcome(reader, seed, number):
    """Run one trial; return None, the type of a typed error or an exception, and CPU seconds."""
    rng = np.random.default_rng([seed, number])
    start = time.process_time()
    before = signal.signal(signal.SIGPROF, _raise_too_slow)
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    result = None
    try:
        reader.trial(rng)
    except TYPED as error:
        result = type(error).__name__
    except (Exception, TooSlow) as error:
        result = error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return result, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reader", choices=READERS, required=True)
    parser.add_argument("--seconds", type=float, default=600, help="CPU time")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trial", type=int, help="repeat this trial only and show its error")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    reader = READERS[arguments.reader]()
    if arguments.trial is not None:
        try:
            reader.trial(np.random.default_rng([arguments.seed, arguments.trial]))
        finally:
            reader.close()
        return
    reader.undamaged()
    before, start = peak_memory(), time.process_time()
    counts, untyped, slowest, number = collections.Counter(), {}, (0.0, 0), 0
    interrupted = []
    signal.signal(signal.SIGINT, lambda signum, frame: interrupted.append(signum))
    while time.process_time() - start < arguments.seconds and not interrupted:
        result, seconds = outcome(reader, arguments.seed, number)
        slowest = max(slowest, (seconds, number))
        if isinstance(result, BaseException):
            key = type(result).__name__, location(result)
            if key not in untyped:
                print(f"untyped: {key}, trial {number}: {str(result)[:200]}", flush=True)
            untyped.setdefault(key, []).append(number)
        else:
            counts[result or "read"] += 1
        number += 1
        del result
    reader.close()
    print(
        json.dumps(
            {
                "reader": arguments.reader,
                "seed": arguments.seed,
                "CPU seconds": round(time.process_time() - start),
                "trials": number,
                **dict(counts.most_common()),
                "untyped": sum(map(len, untyped.values())),
                "slowest, CPU s": round(slowest[0], 2),
                "slowest trial": slowest[1],
                "growth of peak memory, MiB": round(peak_memory() - before),
            }
        )
    )


if __name__ == "__main__":
    main()
