#!/usr/bin/perl
# syslog.pl SOCKET FILE: takes the datagrams of syslog's socket, a line each, to a file.
use strict;
use warnings;
use IO::Handle;
use IO::Socket::UNIX;

my ($path, $file) = @ARGV;
my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $path) or die "$path: $!";
open my $lines, '>>', $file or die "$file: $!";
$lines->autoflush(1);
while (defined $socket->recv(my $message, 65536)) {
    $message =~ s/[\s\0]*\z//;
    print {$lines} "$message\n";
}
