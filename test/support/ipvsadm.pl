#!/usr/bin/perl
# Stands in for ipvsadm(8) and the kernel's table: keeps the table in FILE.table beside itself, lists it
# as ipvsadm 1.31 does, refuses what that or the kernel refuses, with its message and exit code, and
# notes every call in FILE.calls, unless IPVSADM_SILENT is set. test/engines/ipvs/stand-in.test.ts holds it against the
# real program's transcripts.
use strict;
use warnings;
use Fcntl ':flock';
use Socket qw(AF_INET AF_INET6 inet_pton inet_ntop);

my %LONG = (
  'add-service' => 'A', 'edit-service' => 'E', 'delete-service' => 'D', clear => 'C',
  restore => 'R', save => 'S', 'add-server' => 'a', 'edit-server' => 'e',
  'delete-server' => 'd', list => 'L', zero => 'Z', 'tcp-service' => 't',
  'udp-service' => 'u', 'fwmark-service' => 'f', scheduler => 's', persistent => 'p',
  netmask => 'M', 'real-server' => 'r', gatewaying => 'g', ipip => 'i',
  masquerading => 'm', weight => 'w', 'u-threshold' => 'x', 'l-threshold' => 'y',
  numeric => 'n', ipv6 => '6', ops => 'o', 'sched-flags' => 'b', stats => 'stats',
  thresholds => 'thresholds', exact => 'exact', 'persistent-conn' => 'persistent-conn',
  sort => 'sort', nosort => 'sort', connection => 'c',
);
my %NAME = reverse %LONG;
my %TAKES = map { $_ => 1 } qw(t u f s M r w x y b);
my @COMMANDS = qw(A E D C R S a e d L Z);
my %FLAGS = (
  sh => { 'sh-fallback' => 1, 'sh-port' => 2 },
  mh => { 'mh-fallback' => 1, 'mh-port' => 2 },
);
my @SCHEDULERS = qw(rr wrr lc wlc lblc lblcr dh sh sed nq fo ovf mh twos);
my %FORWARD = (m => 'Masq', g => 'Route', i => 'Tunnel');
my %OPTION = (Masq => '-m', Route => '-g', Tunnel => '-i');

# Of ipvsadm itself: ends the process, also in the midst of a batch.
sub fail { print STDERR "$_[0]\n"; finish(2) }

# Of the kernel: ends the call.
sub refuse { print STDERR "$_[0]\n"; die "refused\n" }

my $file = "$0.table";
my $changed = 0;
open my $lock, '>>', "$0.lock" or die "$0.lock: $!";
flock $lock, LOCK_EX;
my %services = load();
my $status = call(@ARGV);
finish($status);

# The file changes with the table only: that is how a test sees that it has.
sub finish { save() if $changed; exit $_[0] }

sub load {
  my (%found, $service);
  open my $in, '<', $file or return;
  while (<$in>) {
    chomp;
    my ($kind, @fields) = split /\t/, $_, -1;
    my %record = @fields;
    if ($kind eq 'service') { $service = $found{ $record{key} } = { %record, reals => {} } }
    else { $service->{reals}{ $record{key} } = \%record }
  }
  return %found;
}

sub save {
  open my $out, '>', "$file.new" or die "$file.new: $!";
  for my $service (sorted(\%services)) {
    my %record = %$service;
    my $reals = delete $record{reals};
    print $out join("\t", 'service', %record), "\n";
    print $out join("\t", 'real', %$_), "\n" for sorted($reals);
  }
  close $out;
  rename "$file.new", $file or die "$file: $!";
}

sub sorted { my ($of) = @_; map { $of->{$_} } sort keys %$of }

sub call {
  my @words = @_;
  note("@words");
  my %given = options(@words);
  my ($command) = grep { exists $given{$_} } @COMMANDS;
  return restore() if $command eq 'R';
  return eval { command($command, %given); 1 } ? 0 : $@ eq "refused\n" ? 255 : die $@;
}

sub note {
  return if $ENV{IPVSADM_SILENT};
  open my $log, '>>', "$0.calls" or die "$0.calls: $!";
  print $log "$_[0]\n";
  close $log;
}

sub restore {
  my $status = 0;
  while (my $line = <STDIN>) {
    my @words = split ' ', $line;
    shift @words if @words && $words[0] eq 'ipvsadm';
    $status = call(@words) if @words;
  }
  return $status;
}

sub options {
  my @words = @_;
  my %given;
  while (defined(my $word = shift @words)) {
    my @names;
    if ($word =~ /^--(.+)/) { @names = $LONG{$1} // fail("$word: unknown option") }
    elsif ($word =~ /^-(.+)/) { @names = split //, $1 }
    else { fail("unexpected argument $word") }
    for my $name (map { $_ eq 'l' ? 'L' : $_ } @names) {
      if ($TAKES{$name}) { $given{$name} = shift(@words) // fail("-$name: missing argument") }
      elsif ($name eq 'p' && @words && $words[0] !~ /^-/) { $given{p} = shift @words }
      else { $given{$name} = $name eq 'p' ? 360 : 1 }
      fail("-6 used before -f\n") if $name eq '6' && !exists $given{f};
    }
  }
  return %given;
}

sub command {
  my ($command, %given) = @_;
  return print connections() if $command eq 'L' && $given{c};
  return print list(%given) if $command eq 'L';
  return print rules() if $command eq 'S';
  $changed = 1;
  if ($command eq 'C') { %services = (); return }
  if ($command eq 'Z') { return }
  my $service = service($command, %given);
  my $known = $services{ $service->{key} };
  if ($command =~ /[AE]/) {
    schedule($service, %given);
    refuse('Service already exists') if $known && $command eq 'A';
    refuse('No such service') if !$known && $command eq 'E';
    refuse('Scheduler or persistence engine not found')
      unless grep { $_ eq $service->{scheduler} } @SCHEDULERS;
    $services{ $service->{key} } = { %$service, reals => $known ? $known->{reals} : {} };
    return;
  }
  if ($command eq 'D') {
    refuse('No such service') unless $known;
    delete $services{ $service->{key} };
    return;
  }
  my $real = real($service, $command, %given);
  refuse('Service not defined') unless $known;
  my $reals = $known->{reals};
  my $there = $reals->{ $real->{key} };
  refuse('Destination already exists') if $there && $command eq 'a';
  refuse('No such destination') if !$there && $command ne 'a';
  if ($command eq 'd') { delete $reals->{ $real->{key} }; return }
  refuse('Numerical result out of range') if $real->{lower} > $real->{upper};
  $reals->{ $real->{key} } = $real;
}

sub number {
  my ($text, $least, $most, $complaint) = @_;
  fail($complaint) unless $text =~ /^\d+$/ && $text >= $least && $text <= $most;
  return $text + 0;
}

# ADDRESS:PORT, with a key that sorts as ipvsadm sorts.
sub place {
  my ($text, $complaint) = @_;
  my ($address, $port) = $text =~ /^\[(.+)\](?::(\d+))?$/;
  ($address, $port) = $text =~ /^([^:]+)(?::(\d+))?$/ unless defined $address;
  $port //= 0;
  for my $family (AF_INET, AF_INET6) {
    my $bytes = defined $address ? inet_pton($family, $address) : undef;
    next unless defined $bytes && $port < 65536;
    my $six = $family == AF_INET6;
    my $name = inet_ntop($family, $bytes);
    return {
      six => $six ? 1 : 0, port => $port, name => ($six ? "[$name]" : $name) . ":$port",
      key => ($six ? '6' : '4') . unpack('H*', $bytes) . sprintf('%04x', $port),
      address => $name,
    };
  }
  fail("illegal $complaint server address[:port] specified");
}

sub service {
  my ($command, %given) = @_;
  if (exists $given{f}) {
    fail("invalid fwmark value `$given{f}' specified") unless $given{f} =~ /^[1-9]\d*$/;
    my $six = $given{6} ? 1 : 0;
    return { six => $six, port => 0, mark => $given{f}, key => sprintf('%08x,%d', $given{f}, $six),
      name => "FWM  $given{f}" . ($six ? ' IPv6' : '') };
  }
  my $protocol = exists $given{u} ? 'UDP' : 'TCP';
  my $at = place($given{u} // $given{t} // fail("You need to supply the 'service-address' option for the '$NAME{$command}' command"), 'virtual');
  return { six => $at->{six}, port => $at->{port}, mark => '', protocol => $protocol,
    key => "00000000,$at->{six},$protocol,$at->{key}", name => "$protocol  $at->{name}" };
}

sub schedule {
  my ($service, %given) = @_;
  $service->{scheduler} = $given{s} // 'wlc';
  $service->{timeout} = exists $given{p}
    ? number($given{p}, 1, 86400 * 31, "invalid timeout value `$given{p}' specified") : '';
  $service->{mask} = $given{M} // '';
  fail('illegal virtual server persistent mask specified')
    if !$service->{six} && $service->{mask} ne '' && !defined inet_pton(AF_INET, $service->{mask});
  fail('illegal ipv6 netmask specified')
    if $service->{six} && $service->{mask} ne '' && !($service->{mask} =~ /^\d+$/ && $service->{mask} >= 1 && $service->{mask} <= 128);
  fail('Zero port specified for non-persistent service')
    if !$service->{mark} && !$service->{port} && $service->{timeout} eq '';
  fail('One-Packet Scheduling is only for UDP virtual services')
    if $given{o} && !$service->{mark} && $service->{protocol} ne 'UDP';
  $service->{ops} = $given{o} ? 1 : '';
  my $bits = 0;
  for my $flag (split /,/, $given{b} // '') {
    if ($flag =~ /^flag-([123])$/) { $bits |= 1 << ($1 - 1); next }
    my ($owner) = grep { exists $FLAGS{$_}{$flag} } keys %FLAGS;
    fail("invalid scheduler flag `$flag'") unless $owner;
    fail("incompatible scheduler flag `$flag'") if $owner ne $service->{scheduler};
    $bits |= $FLAGS{$owner}{$flag};
  }
  $service->{flags} = $bits;
}

sub real {
  my ($service, $command, %given) = @_;
  fail("You need to supply the 'real-server' option for the '$NAME{$command}' command") unless exists $given{r};
  my $at = place($given{r}, 'real');
  my ($method) = grep { $given{$_} } qw(m g i);
  $method //= 'g';
  fail('Different address family is allowed only for tunneling servers')
    if $at->{six} != $service->{six} && $method ne 'i';
  if (!$service->{mark}) {
    # The port of the service where none is given, and always with gate and ipip.
    my $port = $at->{port};
    $port = $service->{port} if $given{r} !~ /:\d+$/ || ($command ne 'd' && $method ne 'm');
    $at = place($at->{six} ? "[$at->{address}]:$port" : "$at->{address}:$port", 'real');
  }
  return {
    key => $at->{key}, name => $at->{name}, forward => $FORWARD{$method},
    weight => number($given{w} // 1, 0, 2147483647, 'illegal weight specified'),
    upper => number($given{x} // 0, 0, 2147483647, 'illegal u_threshold specified'),
    lower => number($given{y} // 0, 0, 2147483647, 'illegal l_threshold specified'),
  };
}

sub list {
  my (%given) = @_;
  my $kind = (grep { $given{$_} } qw(stats thresholds persistent-conn))[0] // '';
  my $text = "IP Virtual Server version 1.2.1 (size=4096)\n" . header($kind);
  for my $service (sorted(\%services)) {
    $text .= $kind eq 'stats'
      ? sprintf('%-33s', $service->{name}) . numbers() . "\n"
      : "$service->{name} $service->{scheduler}" . (flags($service) && ' (' . flags($service) . ')') . persistence($service) . ($service->{ops} && ' ops') . "\n";
    $text .= realline($kind, $_) for sorted($service->{reals});
  }
  return $text;
}

# As procfs shows them, in FILE.conn.
sub connections {
  open my $in, '<', "$0.conn" or do { print STDERR "cannot open file /proc/net/ip_vs_conn\n"; finish(1) };
  my $text = "IPVS connection entries\n" . sprintf "pro expire %-11s %-18s %-18s %s\n", qw(state source virtual destination);
  my (undef, @lines) = <$in>;
  for (@lines) {
    my ($protocol, @places) = split;
    my ($state, $expires) = splice @places, 6;
    my @ends = map { end_named(@places[2 * $_, 2 * $_ + 1]) } 0 .. 2;
    my $time = sprintf '%02d:%02d', int $expires / 60, $expires % 60;
    $text .= sprintf "%-3s %-6s %-11s %-18s %-18s %s\n", $protocol, $time, $state, @ends;
  }
  return $text;
}

sub end_named {
  my ($address, $port) = @_;
  my $six = $address =~ /:/;
  my $name = $six ? '[' . inet_ntop(AF_INET6, inet_pton(AF_INET6, $address)) . ']' : join '.', unpack 'C4', pack 'H8', $address;
  return "$name:" . hex $port;
}

sub header {
  my ($kind) = @_;
  my $first = 'Prot LocalAddress:Port';
  my %columns = (
    stats => sprintf('%-33s %8s %8s %8s %8s %8s', $first, qw(Conns InPkts OutPkts InBytes OutBytes)),
    thresholds => sprintf('%-33s %-10s %-10s %-10s %-10s', $first, qw(Uthreshold Lthreshold ActiveConn InActConn)),
    'persistent-conn' => sprintf('%-33s %-9s %-11s %-10s %-10s', $first, qw(Weight PersistConn ActiveConn InActConn)),
  );
  return "$columns{$kind}\n  -> RemoteAddress:Port\n" if $columns{$kind};
  return "$first Scheduler Flags\n  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn\n";
}

sub persistence {
  my ($service) = @_;
  return '' if $service->{timeout} eq '';
  my $mask = $service->{mask};
  my $whole = $mask eq '' || $mask eq ($service->{six} ? '128' : '255.255.255.255');
  return " persistent $service->{timeout}" . ($whole ? '' : " mask $mask");
}

# By the names that the scheduler has for them, else by number.
sub flags {
  my ($service) = @_;
  my %names = reverse %{ $FLAGS{ $service->{scheduler} } // {} };
  return join ',', map { $names{$_} // 'flag-' . ($_ == 4 ? 3 : $_) } grep { $service->{flags} & $_ } 1, 2, 4;
}

sub numbers { return join '', map { sprintf ' %8d', $_ } 7, 8, 9, 1000, 123456789 }

sub realline {
  my ($kind, $real) = @_;
  my $name = sprintf '  -> %-28s', $real->{name};
  return $name . numbers() . "\n" if $kind eq 'stats';
  return sprintf("%s %-10u %-10u %-10u %-10u\n", $name, @$real{qw(upper lower)}, 3, 4) if $kind eq 'thresholds';
  return sprintf("%s %-9u %-11u %-10u %-10u\n", $name, $real->{weight}, 2, 3, 4) if $kind eq 'persistent-conn';
  return sprintf("%s %-7s %-6d %-10u %-10u\n", $name, @$real{qw(forward weight)}, 3, 4);
}

sub rules {
  my $text = '';
  for my $service (sorted(\%services)) {
    my $about = $service->{mark} ne ''
      ? "-f $service->{mark}" . ($service->{six} ? ' -6' : '')
      : ($service->{protocol} eq 'UDP' ? '-u ' : '-t ') . substr($service->{name}, 5);
    my $persistence = persistence($service);
    $persistence =~ s/ persistent / -p /;
    $persistence =~ s/ mask / -M /;
    $text .= "-A $about -s $service->{scheduler}$persistence" . ($service->{ops} && ' -o') . (flags($service) && ' -b ' . flags($service)) . "\n";
    $text .= "-a $about -r $_->{name} $OPTION{$_->{forward}} -w $_->{weight}" . ($_->{forward} eq 'Tunnel' && ' --tun-type ipip') . "\n" for sorted($service->{reals});
  }
  return $text;
}
