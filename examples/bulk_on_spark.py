"""`oppi18n bulk --backend spark` as an application that spark-submit starts; its arguments are those of the command.

spark-submit --master 'local[2]' examples/bulk_on_spark.py examples/pipeline.parquet --summary
"""

from __future__ import annotations

import sys

from oppi18n.cli import run

sys.exit(run(["bulk", "--backend", "spark", *sys.argv[1:]]))
