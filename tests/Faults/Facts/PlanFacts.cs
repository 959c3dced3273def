namespace OrderToCash.Faults.Facts;

/// <summary>An event of a payment plan.</summary>
/// <param name="Request">The request to Invoicing to move due dates, or null.</param>
public sealed record PlanEvent(Guid Plan, long Version, string Type, decimal Amount, Guid? Request);

/// <summary>An installment of a plan, or an item that it covers.</summary>
/// <param name="IsInstallment">Else an item.</param>
public sealed record PlanPart(Guid Plan, bool IsInstallment, decimal Amount);

/// <summary>How they are read.</summary>
internal static class PlanSql
{
    public const string Events =
        "select e.stream_id as plan, e.version, e.type, (p->'Amount'->>'amount')::numeric as amount, " +
        "(e.data->>'RequestId')::uuid as request " +
        "from mt_events e, coalesce(e.data->'Plan', e.data) as p " +
        "where e.type like 'plan\\_%' and e.type <> 'plan_rescheduling_answered'";

    public const string Parts =
        "select stream_id as plan, true as is_installment, (i->'Amount'->>'amount')::numeric as amount " +
        "from mt_events, jsonb_array_elements(data->'Installments') i where type = 'plan_proposed' union all " +
        "select stream_id, false, (i->'Covered'->>'amount')::numeric " +
        "from mt_events, jsonb_array_elements(data->'Items') i where type = 'plan_proposed'";

    /// <summary>Requests that Invoicing has answered.</summary>
    public const string Answers =
        "select (data->>'RequestId')::uuid from mt_events " +
        "where type in ('collections_request_carried_out', 'collections_request_refused') " +
        "and data->>'Kind' = 'reschedule'";
}
