using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Approvals;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Policies;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// A change of what a customer may owe, by whichever way it comes; kept with the request where others must approve it,
/// so its shape only ever gains optional fields.
/// </summary>
/// <param name="CustomerId">The customer, or the one at the head of the group; empty for a segment.</param>
/// <param name="What"><c>limit</c>, <c>temporary-limit</c>, <c>temporary-limit-end</c>, <c>group-limit</c>,
/// <c>segment-limit</c>, <c>cover</c> or <c>application</c>.</param>
/// <param name="Amount">The new limit, or what is covered.</param>
/// <param name="From">First day of a temporary limit.</param>
/// <param name="Until">Last day, or null.</param>
/// <param name="Cover">The guarantee or insurance.</param>
/// <param name="ApplicationId">The case it decides.</param>
/// <param name="Terms">Payment terms that the case grants, or null.</param>
/// <param name="LegalEntity">Whose segment.</param>
/// <param name="Segment">The segment.</param>
/// <param name="Seen">The limits as they were when it was asked for; null for cover, and where that was not kept yet.
/// </param>
public sealed record LimitChange(
    Guid CustomerId, string What, Money Amount, DateOnly? From = null, DateOnly? Until = null,
    CoverRegistered? Cover = null, Guid? ApplicationId = null, string? Terms = null, string? LegalEntity = null,
    string? Segment = null, SeenLimits? Seen = null);

/// <summary>
/// Limits that somebody asked to change: by whoever approves later, they are changed only if they are still these.
/// </summary>
/// <param name="Limit">That of the customer, the group or the segment; null for none.</param>
/// <param name="ExpiresOn">Its last day, or null.</param>
/// <param name="Temporary">That of the customer for some days; null for none.</param>
public sealed record SeenLimits(Money? Limit, DateOnly? ExpiresOn, TemporaryLimitSet? Temporary = null);

/// <summary>
/// Every way to more credit goes through here, and so through the same matrix of approvals: limits by hand, for some
/// days, of a group, by an application, and cover that makes room. What lessens credit needs nobody's approval.
/// </summary>
public sealed class LimitChanges(
    EventStore store, DecisionBooks books, GroupMembership membership, ApprovalGate gate)
{
    /// <summary>A limit by hand.</summary>
    public const string Limit = "limit";

    /// <summary>A limit for some days.</summary>
    public const string TemporaryLimit = "temporary-limit";

    /// <summary>The limit for some days ends before its time.</summary>
    public const string TemporaryLimitEnd = "temporary-limit-end";

    /// <summary>The limit of a group.</summary>
    public const string GroupLimit = "group-limit";

    /// <summary>The limit of a segment; see <see cref="SetSegmentLimit"/>.</summary>
    public const string SegmentLimit = "segment-limit";

    /// <summary>A guarantee or insurance.</summary>
    public const string Cover = "cover";

    /// <summary>A case that is approved.</summary>
    public const string Application = "application";

    /// <summary>
    /// Why the caller may not take a limit away that customers share, or null. Without it only the other limits count,
    /// so it is for those who may raise limits without end; not by what the limit is, for it may have been lowered only
    /// to be removed.
    /// </summary>
    /// <param name="whose"><c>group</c> or <c>segment</c>.</param>
    /// <param name="legalEntity">Whose matrix decides.</param>
    /// <param name="riskClass">Of the customer at the head of a group, or null.</param>
    /// <param name="facts">Give the base currency of the matrix.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellation">Ends the question.</param>
    public async Task<Refusal?> DenyRemovalAsync(
        string whose, string legalEntity, string? riskClass, DecisionFacts facts, Caller caller,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(caller);
        var required = await gate.RequiredAsync(
            ApprovalKinds.CreditLimit, legalEntity, DecisionFacts.AboveAllBands(facts.Rates.Base), caller.Roles,
            cancellation, riskClass);
        return required.Approvals > 0 ? CreditRefusals.SharedLimitNeedsAuthority(whose) : null;
    }

    /// <summary>Does what a request wants, or asks for the approvals it needs.</summary>
    /// <param name="command">The request.</param>
    /// <param name="change">What is wanted.</param>
    /// <param name="reason">Why.</param>
    /// <param name="reply">The answer once it is done.</param>
    public Task<IResult> RequestAsync(
        HttpCommand command, LimitChange change, string reason, Func<ChangedLimit, Reply> reply) =>
        command.CommitAsync(async cancellation =>
        {
            var now = await LoadAsync(change, cancellation);
            if (CreditAccountAccess.Deny(change.CustomerId, now.Account.State, command.Caller) is { } denied)
                return denied;
            command.Expect(now.Version(change));
            var decision = Decide(change, now, command.Caller.Subject, approvalId: null);
            if (decision.Refusal is { } refusal)
                return refusal;
            if (await DenyTermsAsync(change, now, command) is { } notThese)
                return notThese;
            if (await DenyUncheckedAsync(change, cancellation) is { } uncheckedLimit)
                return uncheckedLimit;
            var plan = await WriteAsync(change, now, decision, command.Metadata(reason), reply, cancellation);
            return decision.Events.Count == 0 || Raised(change, now) is not { } most
                ? plan
                : await gate.PassAsync(command, Wish(change, now, most, reason), plan, Waiting(change, now));
        });

    /// <summary>Does what was approved.</summary>
    public static async Task<Plan> CarryOutAsync(
        LimitChange change, ApprovalGrant grant, CancellationToken cancellation)
    {
        if (change.What == SegmentLimit)
            return await SetSegmentLimit.CarryOutAsync(change, grant, cancellation);
        var changes = grant.Services.GetRequiredService<LimitChanges>();
        var now = await changes.LoadAsync(change, cancellation);
        if (change.Seen is { } seen && seen != now.Seen(change))
            return CreditRefusals.LimitOutdated();
        var decision = Decide(change, now, grant.Requested.RequestedBy, grant.ApprovalId);
        return (decision.Refusal ?? await changes.DenyUncheckedAsync(change, cancellation)) is { } refusal
            ? refusal
            : await changes.WriteAsync(
                change, now, decision, grant.Metadata, changed => Reply.Ok(new { changed.CustomerId }), cancellation);
    }

    /// <summary>What was not approved is the reviewer's again.</summary>
    public static async Task EndAsync(
        LimitChange change, ApprovalEnd end, WriteBatch batch, CancellationToken cancellation)
    {
        if (change.ApplicationId is not { } id)
            return;
        var store = end.Services.GetRequiredService<EventStore>();
        var (application, version) = await store.LoadAsync(ApplicationStream.Type, id, cancellation);
        batch.Append(ApplicationStream.Type, id, version, ApplicationDecider.SendBack(
            application, end.ApprovalId, end.Status.ToString().ToLowerInvariant()).Events);
    }

    /// <summary>
    /// A case says nothing of the annual billing, by which terms are judged, so that only who may grant any terms alone
    /// grants others with it; the rest is asked for as terms.
    /// </summary>
    private async Task<Refusal?> DenyTermsAsync(LimitChange change, Now now, HttpCommand command)
    {
        if (OtherTerms(change, now) is not { } terms)
            return null;
        var (account, most) = (now.Account.State, DecisionFacts.AboveAllBands(now.Facts.Rates.Base));
        var required = await gate.RequiredAsync(
            ApprovalKinds.Terms, account.Opened!.LegalEntity, most, command.Caller.Roles, command.Cancellation,
            account.Risk?.RiskClass);
        return required.Approvals > 0 ? CreditRefusals.TermsNeedARequest(terms, account.Customer?.Terms) : null;
    }

    /// <summary>Why members of the group would not be judged by its limit; null where all are.</summary>
    private async Task<Refusal?> DenyUncheckedAsync(LimitChange change, CancellationToken cancellation)
    {
        if (change.What != GroupLimit)
            return null;
        foreach (var entity in await membership.EntitiesAsync(change.CustomerId, cancellation))
        {
            var policy = (await books.FactsAsync(entity, cancellation)).Policy.Policy;
            if (policy.Orders.Rules.All(rule => rule.Code != RuleCodes.OverGroupLimit))
                return CreditRefusals.GroupLimitIsNotChecked(entity);
        }

        return null;
    }

    private static string? OtherTerms(LimitChange change, Now now) =>
        change.Terms == now.Account.State.Customer?.Terms ? null : change.Terms;

    private async Task<Now> LoadAsync(LimitChange change, CancellationToken cancellation)
    {
        var account = await store.LoadAsync(CreditAccountStream.Type, change.CustomerId, cancellation);
        var facts = (await books.FactsAsync(cancellation))(account.State);
        return new Now(
            account, facts,
            change.What == GroupLimit
                ? await store.LoadAsync(GroupStream.Type, GroupStream.Id(change.CustomerId), cancellation)
                : null,
            change.ApplicationId is { } id
                ? await store.LoadAsync(ApplicationStream.Type, id, cancellation)
                : null);
    }

    private static Decision Decide(LimitChange change, Now now, string by, Guid? approvalId)
    {
        var (account, today) = (now.Account.State, now.Facts.Today);
        return change.What switch
        {
            Limit => LimitDecider.Set(account, change.Amount, change.Until, today),
            TemporaryLimit => LimitDecider.SetTemporary(
                account, change.Amount, change.From!.Value, change.Until!.Value, today),
            TemporaryLimitEnd => LimitDecider.WithdrawTemporary(account),
            GroupLimit => GroupDecider.Set(
                now.Group!.Value.State,
                new GroupLimitSet(change.CustomerId, account.Opened!.LegalEntity, change.Amount, change.Until), today),
            Cover => LimitDecider.Register(account, change.Cover!, today),
            Application => Approve(change, now, by, approvalId),
            _ => throw new InvalidOperationException($"No limit is changed by {change.What}."),
        };
    }

    private static Decision Approve(LimitChange change, Now now, string by, Guid? approvalId)
    {
        var application = now.Application!.Value.State;
        var approved = new ApplicationApproved(
            change.CustomerId, application.Submitted!.Kind, change.Amount, change.Until, change.Terms, ByPolicy: false,
            approvalId);
        if (change.Until < now.Facts.Today)
            return CreditRefusals.ExpiryInThePast(change.Until.Value, now.Facts.Today);
        if (OtherTerms(change, now) is { } terms && CreditTerms.Read(terms) is null)
            return CreditRefusals.UnknownTerms(terms);
        return approvalId is null
            ? ApplicationDecider.Approve(application, approved, by)
            : ApplicationDecider.Grant(application, approved);
    }

    private async Task<Plan> WriteAsync(
        LimitChange change, Now now, Decision decision, EventMetadata metadata, Func<ChangedLimit, Reply> reply,
        CancellationToken cancellation)
    {
        var batch = new WriteBatch(metadata);
        var (account, version) = now.Account;
        var events = decision.Events;
        if (change.What == GroupLimit)
        {
            var (group, groupVersion) = now.Group!.Value;
            batch.Append(GroupStream.Type, GroupStream.Id(change.CustomerId), groupVersion, events);
            if (events.Count > 0 && group.Limit is null)
                await membership.LimitAsync(batch, change.CustomerId, hasLimit: true, cancellation);
            return Plan.Write(batch, reply(new ChangedLimit(
                change.CustomerId, account, groupVersion + events.Count, now.Facts, null)));
        }

        CreditApplication? application = null;
        if (change.What == Application)
        {
            var (before, applicationVersion) = now.Application!.Value;
            batch.Append(ApplicationStream.Type, change.ApplicationId!.Value, applicationVersion, events);
            application = events.Aggregate(before, CreditApplication.Evolve);
            events = CaseEffects.Of(
                change.ApplicationId.Value, before.Submitted!, account, null, events, now.Facts);
            batch.Append(CreditAccountStream.Type, change.CustomerId, version, events);
            return Plan.Write(batch, reply(new ChangedLimit(
                change.CustomerId, account, applicationVersion + decision.Events.Count, now.Facts, application)));
        }

        batch.Append(CreditAccountStream.Type, change.CustomerId, version, events);
        return Plan.Write(batch, reply(new ChangedLimit(
            change.CustomerId, events.Aggregate(account, CreditAccount.Evolve), version + events.Count, now.Facts,
            null)));
    }

    /// <summary>
    /// What it comes to where the customer may owe more after it on any day, by which authority is judged; null where
    /// not. Cover counts with all there is already: many small guarantees make room like a large one.
    /// </summary>
    private static Money? Raised(LimitChange change, Now now)
    {
        var (account, facts) = (now.Account.State, now.Facts);
        switch (change.What)
        {
            case GroupLimit:
                return change.Amount.IsPositive && now.Group!.Value.State.Limit is { } limit
                    && (limit.Limit.Currency != change.Amount.Currency || change.Amount > limit.Limit
                        || (limit.ExpiresOn is not null && !(change.Until <= limit.ExpiresOn)))
                    ? facts.InBase(change.Amount)
                    : null;
            case Cover:
                var all = account.Cover.Values.Where(one => !(one.Until < facts.Today)).Select(one => one.Cover);
                return facts.SumInBase(all.Append(change.Amount)) is { } sum && sum < Money.Limit
                    ? Money.Round(sum, facts.Rates.Base)
                    : DecisionFacts.AboveAllBands(facts.Rates.Base);
            case Application:
                var granted = LimitDecider.Set(account, change.Amount, change.Until, facts.Today).Events;
                return MostAfter(granted);
            default:
                return MostAfter(Decide(change, now, "", approvalId: null).Events);
        }

        Money? MostAfter(IReadOnlyList<object> events)
        {
            var after = events.Aggregate(account, CreditAccount.Evolve);
            return CreditLimit.Raised(account, after, facts.Today, facts.Policy.Policy.Limits) is { } most
                ? facts.InBase(most)
                : null;
        }
    }

    private static ApprovalWish<LimitChange> Wish(LimitChange change, Now now, Money most, string reason)
    {
        var account = now.Account.State;
        return new ApprovalWish<LimitChange>(
            ApprovalKinds.CreditLimit, account.Opened!.LegalEntity, most,
            $"{change.What.Replace('-', ' ')} of {change.Amount} for {account.Customer?.Name ?? account.Opened.Name}",
            change with { Seen = now.Seen(change) }, reason, RiskClass: account.Risk?.RiskClass);
    }

    /// <summary>A case shows that it waits.</summary>
    private static Func<WriteBatch, ApprovalView, Reply>? Waiting(LimitChange change, Now now)
    {
        if (change.What != Application)
            return null;
        return (batch, view) =>
        {
            var id = change.ApplicationId!.Value;
            var (application, version) = now.Application!.Value;
            var events = ApplicationDecider.SendUp(application, view.Id).Events;
            batch.Append(ApplicationStream.Type, id, version, events);
            return Reply.Accepted(
                $"/v1/approvals/{view.Id}",
                ApplicationView.Of(id, events.Aggregate(application, CreditApplication.Evolve), version + events.Count),
                version + events.Count);
        };
    }

    private sealed record Now(
        Loaded<CreditAccount> Account, DecisionFacts Facts, Loaded<CreditGroup>? Group,
        Loaded<CreditApplication>? Application)
    {
        /// <summary>The limits that the change is about; null for cover, which changes none.</summary>
        public SeenLimits? Seen(LimitChange change) => change.What switch
        {
            Cover => null,
            GroupLimit => new SeenLimits(Group!.Value.State.Limit?.Limit, Group.Value.State.Limit?.ExpiresOn),
            _ => new SeenLimits(
                Account.State.Limit?.Limit, Account.State.Limit?.ExpiresOn, Account.State.TemporaryLimit),
        };

        /// <summary>That of the resource the caller sees.</summary>
        public long Version(LimitChange change) => change.What switch
        {
            GroupLimit => Group!.Value.Version,
            LimitChanges.Application => Application!.Value.Version,
            _ => Account.Version,
        };
    }
}

/// <summary>What was changed, for the answer.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Account">Its account after it.</param>
/// <param name="Version">Version of what the caller sees: account, group or case.</param>
/// <param name="Facts">Day and policy.</param>
/// <param name="Application">The case after it, or null.</param>
public sealed record ChangedLimit(
    Guid CustomerId, CreditAccount Account, long Version, DecisionFacts Facts, CreditApplication? Application)
{
    /// <summary>The account as callers see it.</summary>
    public Reply Reply() =>
        ServiceDefaults.Reply.Ok(CreditAccountView.Of(CustomerId, Account, Version, Facts), Version);
}
