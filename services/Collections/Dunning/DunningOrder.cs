using OrderToCash.Collections.Notices;
using OrderToCash.Collections.Playbooks;

namespace OrderToCash.Collections.Dunning;

/// <summary>What is run.</summary>
/// <param name="Entity">Whose receivables.</param>
/// <param name="Date">Day of the run in the entity's calendar.</param>
/// <param name="Playbooks">Which playbook each customer goes by.</param>
/// <param name="ByClock">The entity's schedule starts it, and no person.</param>
public sealed record DunningOrder(
    LegalEntity Entity, DateOnly Date, CustomerPlaybooks Playbooks, bool ByClock = false)
{
    /// <summary>Version of the playbook of customers that nothing gives another; 0 where that is none.</summary>
    public long UsualVersion => Playbooks.InForce.GetValueOrDefault(Playbooks.Usual)?.Version ?? 0;

    /// <summary>The last due date that a step of the day may be for.</summary>
    public DateOnly DueUpTo => Date.AddDays(Playbooks.DaysAhead);

    /// <summary>The last due date of what is looked at of a customer.</summary>
    public DateOnly LookUpTo => Playbooks.LookAtWhatIsNotDue ? DateOnly.MaxValue : DueUpTo;

    /// <summary>The notice, or what is handed over instead, that a plan of the day becomes; null where it is blocked.
    /// </summary>
    public Guid? NoticeIdOf(PlannedNotice plan) => plan switch
    {
        { BlockedBy: not null } => null,
        { Step.IsWork: true } => NoticeStream.WorkId(Entity.Code, plan.Customer.CustomerId, Date),
        _ => NoticeStream.Id(Entity.Code, plan.Customer.CustomerId, Date),
    };
}

/// <summary>What a run would decide about some of its customers.</summary>
/// <param name="Shown">The first of it.</param>
/// <param name="Count">How many notices there are in all.</param>
/// <param name="Next">The last customer that was seen to; null where there are no others.</param>
public sealed record DunningPreview(IReadOnlyList<RunNotice> Shown, int Count, Guid? Next);

/// <summary>What is seen of the customers after some that are at fault.</summary>
/// <param name="Reached">The last of them that was looked at; at first the last of those at fault.</param>
/// <param name="Failed">Of so many a notice is due that cannot be made.</param>
/// <param name="CanMake">False where it is the matter with all; null where that is not known yet.</param>
public sealed record LookAhead(Guid Reached, int Failed = 0, bool? CanMake = null);

/// <summary>What a run has decided in its first part.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Notices">Of the first customers.</param>
/// <param name="IsFinished">There are no others.</param>
public sealed record DunningBeginning(Guid RunId, IReadOnlyList<RunNotice> Notices, bool IsFinished);
