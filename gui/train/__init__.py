"""The Train page: levels, exams, debriefs, and the instructor's switches."""
