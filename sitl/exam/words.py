"""What a crew asked of its vehicle, in words."""

MESSAGES = {
    "MISSION_COUNT": "sent a mission, fence or rally points",
    "MISSION_CLEAR_ALL": "cleared a mission, fence or rally points",
    "SET_MODE": "changed the mode",
}
COMMANDS = {
    400: "armed or disarmed", 300: "started the mission", 20: "return", 21: "land", 22: "take off",
    192: "went elsewhere", 193: "paused or continued", 176: "changed the mode", 207: "switched the fence",
    178: "changed the speed",
}  # fmt: skip


def decision(message: str, command: float) -> str | None:
    """What a ground station's message asks for; None for one that decides nothing.

    >>> decision("COMMAND_LONG", 400)
    'armed or disarmed'
    """
    if message in {"COMMAND_LONG", "COMMAND_INT"}:
        return COMMANDS.get(int(command))
    return MESSAGES.get(message)
