namespace Cloud.Hub.Integration.Domain;

public enum StageState
{
    Idle,
    Busy,
    Done,
    Failed,
}
