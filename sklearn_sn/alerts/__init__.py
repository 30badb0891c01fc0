"""From an alert to a class: scoring of alert streams, and suggestions for follow-up."""

from sklearn_sn.alerts._follow_up import suggest_follow_up
from sklearn_sn.alerts._report import AlertReport
from sklearn_sn.alerts._score import AlertScore, AlertScores, score_alerts

__all__ = ["AlertReport", "AlertScore", "AlertScores", "score_alerts", "suggest_follow_up"]
