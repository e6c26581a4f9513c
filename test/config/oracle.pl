#!/usr/bin/perl
# Asks the installed ldirectord what it makes of a config.
#
# Standard input holds a JSON object a line, {"text": ..., "hosts": {"name": "address"}}, text as
# Latin-1; standard output gets a JSON object a line in turn: {"accepted", "line", "message",
# "warnings", "global", "virtuals"}, values in force and in the shape of `configtest --json`.
# Nothing is looked up but in "hosts" and /etc/services, and no file that a config names is opened.
use strict;
use warnings;
use File::Temp ();
use JSON::PP ();

my $SCRIPT = '/usr/sbin/ldirectord';

# Opening for append with two arguments is how ldirectord tries log and monitor files: that is
# answered, and nothing created. All else is opened as asked.
BEGIN {
	*CORE::GLOBAL::open = sub (*;$@) {
		my (undef, $mode, @rest) = @_;
		no strict 'refs';
		my $handle = defined $_[0] && !ref $_[0] ? \*{ 'main::' . $_[0] } : undef;
		if (@_ == 2 && $mode =~ /^>>\s*(.*?)\s*$/s) {
			return unless Probe::appendable($1);
			$mode = '</dev/null';
		}
		return @rest ? CORE::open($_[0], $mode, @rest) : CORE::open($_[0], $mode) unless $handle;
		return @rest ? CORE::open($handle, $mode, @rest) : CORE::open($handle, $mode);
	};
}

sub Probe::appendable {
	my ($path) = @_;
	return -w $path && !-d $path if -e $path;
	return if $path eq '' || $path =~ m{/$};
	my ($folder) = $path =~ m{^(.*/)};
	return -d ($folder // '.') && -w ($folder // '.');
}

# `ldirectord -v` prints its version once everything is defined; that is where the script is left.
{
	package Probe::Stop;
	sub TIEHANDLE { return bless {}, shift }
	sub PRINT { die "loaded\n" }
}
{
	local @ARGV = ('-v');
	local $SIG{__WARN__} = sub { };
	CORE::open(my $out, '>&', \*STDOUT) or die "cannot keep standard output: $!";
	tie *STDOUT, 'Probe::Stop';
	do $SCRIPT;
	my $why = $@;
	untie *STDOUT;
	die "cannot load $SCRIPT: $why" unless $why eq "loaded\n";
}

my (%hosts, %found);
{
	no warnings qw(redefine once prototype);
	no strict 'refs';
	my $look_up = \&main::getaddrinfo;
	*main::getaddrinfo = sub {
		my ($name, $port, $family) = @_;
		my $numeric = 4;
		my @answer = $look_up->($name, $port, $family, 0, 0, $numeric);
		return @answer if defined $answer[3];
		my $address = $hosts{"$name/" . ($family == Socket::AF_INET() ? 'inet' : 'inet6')};
		return $look_up->($address, $port, $family, 0, 0, $numeric) if defined $address;
		return 'not found';
	};
	*main::__config_log = sub {
		my ($line, $kind, $message) = @_;
		chomp $message;
		my $finding = { line => $line + 0, message => $message };
		if ($kind eq 'Error') { $found{error} = $finding }
		else { push @{ $found{warnings} }, $finding }
	};
	*main::ld_rm_file = sub { return 0 };
	*main::ld_exit = sub { die "refused\n" };
	*main::ld_log = sub { return 0 };
	*main::setlogsock = sub { return 1 };
	*main::openlog = sub { return 1 };
}

my $json = JSON::PP->new->utf8->ascii->canonical;
my $config = File::Temp->new(SUFFIX => '.cf');
$SIG{__WARN__} = sub { };
$| = 1;
while (my $request = <STDIN>) {
	print $json->encode(ask($json->decode($request))), "\n";
}

sub ask {
	my ($question) = @_;
	my $answer = answer($question);
	return { %$answer, warnings => $found{warnings} };
}

sub answer {
	my ($question) = @_;
	%hosts = %{ $question->{hosts} // {} };
	%found = (warnings => []);
	CORE::open(my $file, '>:raw', $config->filename) or die "cannot write: $!";
	print $file $question->{text};
	close $file;
	no warnings 'once';
	$main::CONFIG = $config->filename;
	$main::CFGNAME = 'oracle';
	$main::HOSTNAME = 'director.example';
	$main::DAEMON_STATUS = $main::DAEMON_STATUS_STARTING;
	local $SIG{ALRM} = sub { die "timeout\n" };
	alarm 10;
	my $done = eval { main::read_config(); 1 };
	alarm 0;
	return { accepted => JSON::PP::false, %{ $found{error} } } if !$done && $found{error};
	return { died => "$@" } unless $done;
	my @pairs = map { [ map { defined $_->{receive} } @{ $_->{real} } ] } @main::VIRTUAL;
	main::ld_setup();
	my @virtuals = map { virtual($_, shift @pairs) } @main::VIRTUAL;
	return { accepted => JSON::PP::true, global => globals(), virtuals => \@virtuals };
}

sub text { return defined $_[0] ? "$_[0]" : undef }
sub number { return defined $_[0] ? $_[0] + 0 : undef }
sub truth { return $_[0] eq 'yes' ? JSON::PP::true : JSON::PP::false }
sub bare { my ($address) = @_; $address =~ tr/[]//d if defined $address; return $address }

sub states {
	my ($bits) = @_;
	my @names = ('starting', 'running', 'stopping', 'reloading');
	return [ map { $names[$_] } grep { $bits & (1 << $_) } 0 .. $#names ];
}

sub fallback {
	my ($server) = @_;
	return undef unless defined $server;
	return { address => bare($server->{server}), port => number($server->{port}), method => $server->{forward} };
}

sub globals {
	no warnings 'once';
	my $unset = sub { return $_[0] < 0 ? undef : $_[0] + 0 };
	return {
		checktimeout => $unset->($main::CHECKTIMEOUT), negotiatetimeout => $unset->($main::NEGOTIATETIMEOUT),
		checkinterval => number($main::CHECKINTERVAL), checkcount => number($main::CHECKCOUNT),
		failurecount => number($main::FAILURECOUNT), autoreload => truth($main::AUTOCHECK),
		callback => $main::CALLBACK, logfile => $main::LDIRLOG, execute => [ sort keys %main::LD_INSTANCE ],
		fork => truth($main::FORKING), supervised => truth($main::SUPERVISED),
		quiescent => truth($main::QUIESCENT), readdquiescent => truth($main::READDQUIESCENT),
		cleanstop => truth($main::CLEANSTOP), emailalert => $main::EMAILALERT,
		emailalertfreq => number($main::EMAILALERTFREQ), emailalertstatus => states($main::EMAILALERTSTATUS),
		emailalertfrom => $main::EMAILALERTFROM, smtp => $main::SMTP, maintenancedir => $main::MAINTDIR,
		fallbackcommand => $main::FALLBACKCOMMAND,
		fallback => fallback($main::FALLBACK && $main::FALLBACK->{tcp}),
		fallback6 => fallback($main::FALLBACK6 && $main::FALLBACK6->{tcp}),
	};
}

sub virtual {
	my ($v, $own_receive) = @_;
	no warnings 'once';
	my $mark = $v->{protocol} eq 'fwm';
	my $by_url = $v->{service} =~ /^http/;
	my @own = @$own_receive;
	my @reals = map {
		my $own = shift @own;
		{
			address => bare($_->{server}), port => number($_->{port}), method => $_->{forward}, weight => number($_->{weight}),
			request => $by_url && !$own ? $v->{request} : $_->{request}, receive => $_->{receive},
			lower => number($_->{'l-threshold'} // 0), upper => number($_->{'u-threshold'} // 0),
		}
	} @{ $v->{real} };
	my $fallback = $mark && !defined $v->{fallback} ? undef : fallback(main::fallback_find($v));
	return {
		id => main::get_virtual_id_str($v), protocol => $v->{protocol},
		family => $v->{addressfamily} == Socket::AF_INET() ? 'inet' : 'inet6',
		address => $mark ? undef : bare($v->{server}), port => $mark ? undef : number($v->{port}),
		fwmark => $mark ? number($v->{fwm}) : undef,
		(map { $_ => text($v->{$_}) } qw(scheduler netmask schedflags service checkcommand request receive httpmethod
			virtualhost login passwd database secret monitorfile servicename comment)),
		(map { $_ => number($v->{$_}) } qw(persistent checkport checktimeout negotiatetimeout checkcount failurecount)),
		checktype => $v->{checktype} eq 'combined' ? number($v->{num_connects}) : $v->{checktype},
		checkinterval => number($main::FORKING eq 'yes' && defined $v->{checkinterval} ? $v->{checkinterval} : $main::CHECKINTERVAL),
		ops => truth($v->{ops}), quiescent => truth($v->{quiescent} // $main::QUIESCENT),
		cleanstop => truth($v->{cleanstop} // $main::CLEANSTOP), readdquiescent => truth($main::READDQUIESCENT),
		fallback => $fallback, fallbackcommand => $v->{fallbackcommand} // $main::FALLBACKCOMMAND,
		emailalert => $v->{emailalert} // $main::EMAILALERT, emailalertfrom => $main::EMAILALERTFROM,
		emailalertfreq => number($v->{emailalertfreq} // $main::EMAILALERTFREQ),
		emailalertstatus => states($v->{emailalertstatus} // $main::EMAILALERTSTATUS),
		smtp => $v->{smtp} // $main::SMTP,
		reals => \@reals,
	};
}
