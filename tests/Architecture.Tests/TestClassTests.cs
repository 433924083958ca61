using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What a class of tests must keep to.</summary>
public sealed partial class TestClassTests
{
    /// <summary>xunit 2 calls <c>IAsyncLifetime</c> and <c>IDisposable</c> alone: hubs that a class would end in
    /// <c>IAsyncDisposable</c> run on beside all tests that follow.</summary>
    [Fact]
    public void No_class_of_tests_waits_for_a_call_that_nobody_makes()
    {
        var waiting = SourceTree.Files("tests").Where(static file => TestMethod().IsMatch(file.Text) && AsyncDisposableClass().IsMatch(file.Text))
            .Select(static file => file.Path);
        Assert.Empty(waiting);
    }

    [GeneratedRegex(@"^    \[(?:\w*Fact|FactWith\w+|Theory)\b", RegexOptions.Multiline)]
    private static partial Regex TestMethod();

    /// <summary>The file's own class; one inside it is what a test disposes itself.</summary>
    [GeneratedRegex(@"^(?:public|internal) .*\bclass \w+.*\bIAsyncDisposable\b", RegexOptions.Multiline)]
    private static partial Regex AsyncDisposableClass();
}
