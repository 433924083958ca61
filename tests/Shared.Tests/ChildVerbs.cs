using Shared.Tests.Inference;

namespace Shared.Tests;

/// <summary>Entry point of this assembly when a test starts it as a process of its own; the test runner does not use it.</summary>
internal static class ChildVerbs
{
    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["swap-models", var swaps]:
                SwapChild.Run(int.Parse(swaps, System.Globalization.CultureInfo.InvariantCulture));
                return 0;
            case ["run-model"]:
                SwapChild.RunOnce();
                return 0;
            default:
                Console.Error.WriteLine("Usage: swap-models COUNT | run-model. Tests run through 'dotnet test'.");
                return 64;
        }
    }
}
