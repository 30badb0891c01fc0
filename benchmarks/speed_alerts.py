"""Speed of scoring alert packets of ZTF size: 30 previous candidates and 30 forced points.

Printed are alerts per second of CPU time on one core from decoded packets, by batch size, and the
median and least CPU time of one decoded alert. With --avro, packets are Avro bytes and decoding
counts. With --images, the model fuses light curves with AstroMiNN of the default size on metadata
and on three cutouts of 63 x 63 pixels, gzipped FITS as in ZTF, whose decoding counts.

    python benchmarks/speed_alerts.py [--alerts N] [--encoder NAME] [--avro] [--images]
"""

import argparse
import gzip
import io
import time

import numpy as np
import torch
from _speed import Report
from astropy.io import fits

from sklearn_sn import LightCurveClassifier
from sklearn_sn.alerts import score_alerts
from sklearn_sn.classification import AstroMiNNClassifier, LateFusionClassifier
from sklearn_sn.datasets import make_alerts, make_supernovae

NAMES = (
    *("ra", "dec", "chinr", "sharpnr", "classtar", "sky", "scorr", "sgscore1", "sgscore2"),
    *("distpsnr1", "distpsnr2", "rb", "drb", "ndethist", "ncovhist", "nmtchps", "magap", "magdiff"),
    *("sigmagap", "fwhm", "elong", "xpos", "ypos", "field", "rcid", "programid", "ssdistnr"),
)


def make_packets(n, seed=0):
    """Return decoded packets; six of ten previous candidates are detections."""
    rng = np.random.default_rng(seed)
    packets = []
    for number in range(n):
        jd = np.sort(2459000.5 + 30 * rng.random(31))
        points = []
        for k, time_ in enumerate(jd):
            point = {
                **dict.fromkeys(NAMES, 1.0),
                "jd": float(time_),
                "fid": int(rng.integers(1, 3)),
            }
            point |= {"candid": 100 * number + k, "diffmaglim": 20.5, "magzpsci": 26.0}
            point |= {"magpsf": None, "sigmapsf": None, "isdiffpos": None}
            if k == 30 or rng.random() < 0.6:
                point |= {"magpsf": 18 + rng.random(), "sigmapsf": 0.05, "isdiffpos": "t"}
            points.append(point)
        forced = [
            {"jd": p["jd"] + 1e-6, "fid": p["fid"], "forcediffimflux": 100 + 50 * rng.normal()}
            | {"forcediffimfluxunc": 10.0, "magzpsci": 26.0, "field": 1, "rcid": 1}
            for p in points[:30]
        ]
        packets.append(
            {"objectId": f"ZTF20{number:06d}", "candid": 100 * number + 30}
            | {"candidate": points[30], "prv_candidates": points[:30], "fp_hists": forced}
        )
    return packets


def with_cutouts(packets, images):
    """Return the packets with three gzipped FITS cutouts each."""
    keys = ("cutoutScience", "cutoutTemplate", "cutoutDifference")
    cards = {f"KEY{number}": 1.0 for number in range(30)}  # ZTF's headers have as many
    stamps = []
    for image in images:
        files = [io.BytesIO() for _ in keys]
        for channel, file in zip(image, files, strict=True):
            fits.PrimaryHDU(channel, fits.Header(cards)).writeto(file)
        stamps.append([gzip.compress(file.getvalue()) for file in files])
    for number, packet in enumerate(packets):
        packet |= {
            key: {"fileName": "", "stampData": data}
            for key, data in zip(keys, stamps[number % len(stamps)], strict=True)
        }
    return packets


def fused_model(encoder):
    """Return a fitted model of light curves, metadata and images, and some cutouts."""
    modalities = ("light_curve", "image", "metadata")
    X, y = make_alerts(100, max_alerts=1, modalities=modalities, random_state=0)
    columns = [name for name in X.columns if name not in ("light_curve", "object_id")]
    members = [
        (
            "photometry",
            LightCurveClassifier(encoder=encoder, max_epochs=1, random_state=0),
            ["light_curve"],
        ),
        ("images", AstroMiNNClassifier(max_epochs=1, random_state=0), columns),
    ]
    model = LateFusionClassifier(members).fit(X, y)
    return model, [image for image in X["image"] if image is not None]


def as_avro(packets):
    """Return each packet as an Avro file with its schema."""
    import fastavro

    def record(name, example):
        kinds = {str: "string", int: "long", float: "double"}
        fields = [
            {"name": key, "type": ["null", kinds.get(type(value), "double")]}
            for key, value in example.items()
        ]
        return {"type": "record", "name": name, "fields": fields}

    first = packets[0]
    schema = record("alert", {"objectId": "", "candid": 0})
    for key in ("prv_candidates", "fp_hists"):
        items = record(key, first[key][0] | ({} if key == "fp_hists" else {"isdiffpos": "t"}))
        schema["fields"].append({"name": key, "type": {"type": "array", "items": items}})
    schema["fields"].append({"name": "candidate", "type": record("candidate", first["candidate"])})
    schema = fastavro.parse_schema(schema)
    for packet in packets:
        buffer = io.BytesIO()
        fastavro.writer(buffer, schema, [packet])
        yield buffer.getvalue()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--alerts", type=int, default=2000)
    parser.add_argument("--encoder", default="gru")
    parser.add_argument("--avro", action="store_true")
    parser.add_argument("--images", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    packets = make_packets(args.alerts)
    report = Report("speed_alerts")
    kind = {"encoder": args.encoder, "avro": args.avro, "images": args.images}
    if args.images:
        model, images = fused_model(args.encoder)
        packets = with_cutouts(packets, images)
    else:
        X, y = make_supernovae(100, modalities=["light_curve"], random_state=0)
        model = LightCurveClassifier(encoder=args.encoder, max_epochs=1, random_state=0).fit(X, y)
    packets = list(as_avro(packets)) if args.avro else packets
    list(score_alerts(model, packets[:100]))
    for batch_size in (16, 256, 1000):
        start = time.process_time()
        n_scored = sum(1 for _ in score_alerts(model, packets, batch_size=batch_size))
        rate = n_scored / (time.process_time() - start)
        print(f"batch size {batch_size:5d}: {rate:6.0f} alerts per second of CPU time")
        report.add("packets", rate, "alerts/s", batch_size=batch_size, **kind)
    stream, times = score_alerts(model, packets[:300], batch_size=1), []
    for _ in range(300):
        start = time.process_time()
        next(stream)
        times.append(time.process_time() - start)
    median, least = 1e3 * np.median(times), 1e3 * np.min(times)
    print(f"one alert: median {median:.2f} ms, least {least:.2f} ms of CPU time")
    report.add("one packet, median", median, "ms", **kind)
    report.add("one packet, least", least, "ms", **kind)
    report.write()


if __name__ == "__main__":
    main()
