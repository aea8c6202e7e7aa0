"""The planner's commands: `plan.py` makes, shows and converts missions; `link.py` talks to vehicles."""
