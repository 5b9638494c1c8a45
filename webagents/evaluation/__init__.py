"""Playing a policy on tasks and judging it: measures, a run that can be resumed, the report.

from webagents.evaluation.run import EvaluateConfig, evaluate

report = evaluate(EvaluateConfig(policy="expert", tasks="@webgum56", out=Path("runs/expert")))
"""
