using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework;

/// <summary>Finds who vouches for a target: the delegation graph before-order, depth first, each role once,
/// ended by a terminating delegation (specification 5.6.7).</summary>
/// <remarks>Give it the top-level role by <see cref="Enter"/>, then each role that
/// <see cref="Next"/> asks for, until one of them gives a result.</remarks>
public sealed class TargetSearch
{
    private readonly string _targetPath;
    private readonly int _maxRoles;
    private readonly Stack<DelegatedRole> _waiting = new();
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);

    /// <param name="maxRoles">Delegated roles visited at most.</param>
    public TargetSearch(string targetPath, int maxRoles)
    {
        _targetPath = targetPath;
        _maxRoles = maxRoles;
    }

    /// <summary>What a role says: the target, or null, and then its delegations wait to be visited before all others.</summary>
    public TargetFile? Enter(string roleName, TargetsMetadata role)
    {
        ArgumentNullException.ThrowIfNull(role);
        if (role.Targets.TryGetValue(_targetPath, out var target)) return target;
        if (role.Delegations is not { } delegations) return null;
        var children = new List<DelegatedRole>();
        foreach (var delegation in delegations.For(_targetPath))
        {
            children.Add(new DelegatedRole(roleName, delegation, delegations.Keys));
            if (!delegation.Terminating) continue;
            _waiting.Clear();
            break;
        }

        for (var i = children.Count - 1; i >= 0; i--) _waiting.Push(children[i]);
        return null;
    }

    /// <summary>The role to visit next; null when nobody is left to ask, or too many were asked.</summary>
    public DelegatedRole? Next()
    {
        while (_visited.Count < _maxRoles && _waiting.TryPop(out var role))
        {
            if (_visited.Add(role.Name)) return role;
        }

        return null;
    }
}
