using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Signatures;

namespace Hmas.Trust.UpdateFramework;

/// <summary>A role as one delegator sees it. Another delegator may trust the same name by other keys, so
/// neither trust nor a kept file passes from one to the other.</summary>
/// <param name="Delegator">Name of the role that delegates.</param>
/// <param name="Keys">The delegator's, by key id.</param>
public sealed record DelegatedRole(string Delegator, Delegation Delegation, IReadOnlyDictionary<string, VerificationKey> Keys)
{
    public string Name => Delegation.Name;
}
