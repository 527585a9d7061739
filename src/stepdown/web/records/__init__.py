"""What people have and still hold: rosters, hours, certificates, exams, refreshers, feeds."""
