"""ArduSub's manners, where they differ from ArduCopter's."""
