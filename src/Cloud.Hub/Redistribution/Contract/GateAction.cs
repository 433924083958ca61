namespace Cloud.Hub.Redistribution.Contract;

/// <summary>What becomes of a rollout whose group has no verdict at the maximum wait.</summary>
public enum GateAction
{
    /// <summary>Every changed device goes back.</summary>
    Restore,

    /// <summary>The devices of that group go back, and the rollout ends; groups that had passed keep what they have.</summary>
    RestoreGroup,

    /// <summary>Nobody goes back and no group begins until a person says so.</summary>
    Pause,
}
