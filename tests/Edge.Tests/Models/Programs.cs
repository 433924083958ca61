namespace Edge.Tests.Models;

/// <summary>Tests that start programs, one after the other: a process that is just being made holds every file that is open in this one, and
/// a program that another test is just writing then cannot be executed (ETXTBSY).</summary>
[CollectionDefinition(Name)]
public sealed class Programs
{
    public const string Name = "programs";
}
