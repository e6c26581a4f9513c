import { writeFileSync } from 'node:fs';

/** A stand-in for ipvsadm(8) that keeps a table in a file beside it, and lists it as the real one
 *  does. It knows the calls that ldirectord makes. */
const PROGRAM = `#!/usr/bin/perl
use strict;
my $file = "$0.table";
my (@order, %table);
if (open(my $in, '<', $file)) {
  while (<$in>) {
    chomp;
    my ($service, $real, $how, $weight) = split / /;
    push @order, $service unless $table{$service};
    $table{$service} ||= {};
    $table{$service}{$real} = [$how, $weight] if $real ne '';
  }
}
my $call = "@ARGV";
my ($service) = $call =~ /-[tuf] (\\S+)/;
my ($real) = $call =~ /-r (\\S+)/;
if ($call =~ /^-L/) {
  print "IP Virtual Server version 1.2.1 (size=4096)\\nProt LocalAddress:Port Scheduler Flags\\n";
  print "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\\n";
  for my $service (@order) {
    print "TCP  $service wrr\\n";
    for my $real (sort keys %{$table{$service}}) {
      my ($how, $weight) = @{$table{$service}{$real}};
      print "  -> $real ", ($call =~ /thresholds/ ? "0 0" : "$how $weight"), " 0 0\\n";
    }
  }
  exit;
}
if ($call =~ /^-[AE]/) { push @order, $service unless $table{$service}; $table{$service} ||= {} }
if ($call =~ /^-D/) { @order = grep { $_ ne $service } @order; delete $table{$service} }
if ($call =~ /^-d/) { delete $table{$service}{$real} }
if ($call =~ /^-[ae]/) {
  my ($weight) = $call =~ /-w (\\d+)/;
  $table{$service}{$real} = [$call =~ / -g/ ? 'Route' : $call =~ / -i/ ? 'Tunnel' : 'Masq', $weight];
}
open(my $out, '>', $file) or die;
for my $service (@order) {
  print $out "$service\\n";
  print $out join(' ', $service, $_, @{$table{$service}{$_}}), "\\n" for keys %{$table{$service}};
}
`;

/** Writes it to that path. */
export function writeIpvsTable(path: string): void {
  writeFileSync(path, PROGRAM, { mode: 0o755 });
}
