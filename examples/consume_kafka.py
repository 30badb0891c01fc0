"""
=============================
Classify a Kafka alert stream
=============================

Score the public alert stream of a broker. Requires ``pip install confluent-kafka fastavro`` and an
account of the broker; this example is therefore not run in the documentation.
"""

# %%
# A consumer as a generator of packets. None, which ``poll`` returns if nothing arrives within a
# second, makes ``score_alerts`` score what it has, instead of waiting for a complete batch.
import json
import sys

from confluent_kafka import Consumer

from sklearn_sn import load_model
from sklearn_sn.alerts import score_alerts

SERVER, TOPIC, MODEL = sys.argv[1:4]
consumer = Consumer(
    {
        "bootstrap.servers": SERVER,
        "group.id": "sklearn-sn",
        "auto.offset.reset": "earliest",
        "enable.auto.commit": False,
    }
)
consumer.subscribe([TOPIC])


def packets():
    while True:
        message = consumer.poll(timeout=1.0)
        if message is None:
            yield None
        elif message.error():
            print(message.error(), file=sys.stderr)
        else:
            yield message.value()  # Avro; if it lacks its schema, pass `schema` to score_alerts


# %%
# Offsets are committed after the scores have been written. If the process is killed, the server
# sends the last alerts again; those in the checkpoint are not scored twice.
scores = score_alerts(load_model(MODEL), packets(), batch_size=64, checkpoint=f"{TOPIC}.txt")
with open(f"{TOPIC}.jsonl", "a", encoding="utf-8") as file:
    for score in scores:
        record = {"object": score.object_id, "candid": score.candid, "mjd": score.mjd}
        record |= {"probabilities": score.probabilities, "quality": score.quality}
        file.write(json.dumps(record, default=str) + "\n")
        if scores.report.n_scored % 1000 == 0:
            file.flush()
            consumer.commit(asynchronous=True)
            print(scores.report.n_scored, "scored,", scores.report.n_skipped, "skipped")
