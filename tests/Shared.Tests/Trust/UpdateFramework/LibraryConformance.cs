using Shared.Tests.Trust.UpdateFramework.Conformance;

namespace Shared.Tests.Trust.UpdateFramework;

// The library against the conformance tests; the published program runs the very same ones in System.Tests.
public sealed class LibraryBasicConformance() : BasicConformance(new InProcessClient());

public sealed class LibraryRollbackConformance() : RollbackConformance(new InProcessClient());

public sealed class LibraryExpiryConformance() : ExpiryConformance(new InProcessClient());

public sealed class LibraryKeyConformance() : KeyConformance(new InProcessClient());

public sealed class LibraryRotationConformance() : RotationConformance(new InProcessClient());

public sealed class LibraryDelegationConformance() : DelegationConformance(new InProcessClient());

public sealed class LibraryDownloadConformance() : DownloadConformance(new InProcessClient());
