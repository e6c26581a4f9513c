#!/usr/bin/perl
# Standard input holds a JSON object a line, {"pattern": ..., "texts": [...]}, both Latin-1; standard
# output gets in turn a list of 1 and 0, or a text: why Perl cannot compile the pattern. Perl's
# optimizer has defects ("Axx" =~ /(?=x*)[A-Z]x/ is false in 5.36); where it changes the verdict,
# the list has a null.
use strict;
use warnings;
use JSON::PP ();

my $json = JSON::PP->new->utf8->ascii->allow_nonref;
local $SIG{__WARN__} = sub { };
$| = 1;
while (my $line = <STDIN>) {
	my $question = $json->decode($line);
	my @texts = map { bytes($_) } @{ $question->{texts} };
	my $pattern = bytes($question->{pattern});
	my $verdicts = eval { [ map { verdict($pattern, $_) } @texts ] };
	print $json->encode($verdicts // "$@"), "\n";
}

# The pattern as it stands, and as a part of another one, where the optimizer does not see it.
sub verdict {
	my ($pattern, $text) = @_;
	my $plain = $text =~ /$pattern/ ? 1 : 0;
	my $compiled = qr/$pattern/;
	my $hidden = $text =~ /(??{ $compiled })/ ? 1 : 0;
	return $plain == $hidden ? $plain : undef;
}

# A pattern or text with Unicode inside would be matched by other rules than a file's bytes.
sub bytes {
	my ($text) = @_;
	utf8::downgrade($text);
	return $text;
}
