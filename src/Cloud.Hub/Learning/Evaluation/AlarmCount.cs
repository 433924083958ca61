namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Windows, and how many of them alarmed.</summary>
internal readonly record struct AlarmCount(int Windows, int Alarms)
{
    public AlarmCount Add(bool isAlarm) => new(Windows + 1, Alarms + (isAlarm ? 1 : 0));
}
