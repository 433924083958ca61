using Edge.Tests.Models;
using Hmas.Contracts.Models;

namespace Edge.Tests;

/// <summary>Entry point of this assembly when a test starts it as a process of its own; the test runner does not use it.</summary>
internal static class ChildVerbs
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["update-model", var folder, var hold])
        {
            await UpdateChild.RunAsync(folder, Enum.Parse<SlotState>(hold));
            return 0;
        }

        await Console.Error.WriteLineAsync("Usage: update-model FOLDER HOLD_AT. Tests run through 'dotnet test'.");
        return 64;
    }
}
