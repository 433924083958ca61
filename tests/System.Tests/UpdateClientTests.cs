using Hmas.Testing;
using Shared.Tests.Trust.UpdateFramework.Conformance;

namespace Hmas.System.Tests;

/// <summary>Where <c>./hmas publish</c> puts the update client.</summary>
internal static class UpdateClientProgram
{
    public static string Path { get; } = global::System.IO.Path.Combine(Repository.Root, "artifacts/publish/tuf/hmas-tuf");

    public static ProgramClient Client =>
        File.Exists(Path) ? new ProgramClient(Path) : throw new InvalidOperationException($"{Path} is not there: run ./hmas publish");
}

// The published native program against the conformance tests; the library runs the very same ones in Shared.Tests.
public sealed class UpdateClientBasicConformance() : BasicConformance(UpdateClientProgram.Client);

public sealed class UpdateClientRollbackConformance() : RollbackConformance(UpdateClientProgram.Client);

public sealed class UpdateClientExpiryConformance() : ExpiryConformance(UpdateClientProgram.Client);

public sealed class UpdateClientKeyConformance() : KeyConformance(UpdateClientProgram.Client);

public sealed class UpdateClientRotationConformance() : RotationConformance(UpdateClientProgram.Client);

public sealed class UpdateClientDelegationConformance() : DelegationConformance(UpdateClientProgram.Client);

public sealed class UpdateClientDownloadConformance() : DownloadConformance(UpdateClientProgram.Client);
