using System.Runtime.CompilerServices;

namespace Hmas.Testing;

/// <summary>Programs of .NET that tests start have no diagnostic port: a killed one would leave its sockets in the folder of temporary
/// files for ever.</summary>
internal static class QuietChildren
{
#pragma warning disable CA2255 // Meant for programs; each assembly of tests is one, and this has to hold before any of them starts a child.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Begin() => Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
}
