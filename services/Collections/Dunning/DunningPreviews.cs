using OrderToCash.EventSourcing;

namespace OrderToCash.Collections.Dunning;

/// <summary>Shows what a run would decide; it leaves nothing behind.</summary>
public sealed class DunningPreviews(DunningPlans plans)
{
    /// <summary>
    /// What a run would decide about its customers, some thousands at once. Who is at fault is listed with
    /// <see cref="Blocks.Fault"/>, as in a run, and where a run would stop it fails,
    /// if that shows in as many customers after them as one preview sees to.
    /// </summary>
    /// <param name="order">What is run.</param>
    /// <param name="after">The last customer that a preview before has seen to; empty for the first ones.</param>
    /// <param name="most">So many notices are shown.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<DunningPreview> PreviewAsync(
        DunningOrder order, Guid after, int most, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        var (shown, count, reached, faults) = (new List<RunNotice>(), 0, after, 0);
        for (var parts = 0; parts < DunningRunner.PreviewParts; parts++)
        {
            var part = await PartAsync(order, reached, faults, cancellation);
            shown.AddRange(part.Notices.Take(most - shown.Count));
            count += part.Notices.Count;
            if (part.IsLast)
                return new DunningPreview(shown, count, null);
            (reached, faults) = (part.Reached, part.Faults);
        }

        return new DunningPreview(shown, count, reached);
    }

    /// <summary>One part; customer by customer where it cannot be planned as a whole, as in a run.</summary>
    private async Task<Part> PartAsync(DunningOrder order, Guid after, int faults, CancellationToken cancellation)
    {
        var ids = await plans.NextAsync(order, after, DunningRunner.AtOnce, cancellation);
        var (notices, isLast) = (new List<RunNotice>(), ids.Length < DunningRunner.AtOnce);
        if (ids.Length == 0)
            return new Part(notices, after, faults, isLast);
        try
        {
            var planned = await plans.PlanAsync(order, ids, cancellation);
            notices.AddRange(planned.Select(plan => DunningPlans.Decided(order, plan, null)));
            return new Part(notices, ids[^1], IsMade(notices) ? 0 : faults, isLast);
        }
        catch (Exception error) when (CommitResult.LeftNothing(error) && !cancellation.IsCancellationRequested)
        {
            foreach (var customer in ids)
            {
                var due = await plans.TryPlanAsync(order, [customer], cancellation);
                RunNotice[] decided = due is null
                    ? [await plans.FaultAsync(customer, cancellation)]
                    : [.. due.Select(plan => DunningPlans.Decided(order, plan, null))];
                notices.AddRange(decided);
                faults = due is null ? faults + 1 : IsMade(decided) ? 0 : faults;
                if (due is null && faults == DunningRunner.MostFaults
                    && (await plans.LookAheadAsync(order, new(customer), cancellation)).CanMake == false)
                    throw;
            }

            return new Part(notices, ids[^1], faults, isLast);
        }
    }

    private static bool IsMade(IEnumerable<RunNotice> decided) => decided.Any(notice => notice.BlockedBy is null);

    /// <summary>What is shown of some of a run's customers.</summary>
    /// <param name="Notices">What would be decided.</param>
    /// <param name="Reached">The last of them.</param>
    /// <param name="Faults">Customers at fault since a notice could be made.</param>
    /// <param name="IsLast">There are no others.</param>
    private sealed record Part(IReadOnlyList<RunNotice> Notices, Guid Reached, int Faults, bool IsLast);
}
