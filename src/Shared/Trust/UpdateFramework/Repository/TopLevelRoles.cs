namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>What a root says: who signs each of the four roles.</summary>
public sealed record TopLevelRoles(RoleSigners Root, RoleSigners Targets, RoleSigners Snapshot, RoleSigners Timestamp);
