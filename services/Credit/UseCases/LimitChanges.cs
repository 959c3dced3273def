using Microsoft.Extensions.DependencyInjection;
using OrderToCash.Approvals;
using OrderToCash.Credit.Applications;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.Credit.Decisions;
using OrderToCash.Credit.Groups;
using OrderToCash.Credit.Policies;
using OrderToCash.Credit.Scoring;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Credit.UseCases;

/// <summary>
/// Every way to more credit goes through here, and so through the same matrix of approvals: limits by hand, for some
/// days, of a group, by an application, and cover that makes room. What lessens credit needs nobody's approval, but for
/// a case that is declined: who may not grant what it is about does not say no to it, either.
/// </summary>
public sealed partial class LimitChanges(
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

    /// <summary>A case that is declined.</summary>
    public const string Decline = "decline";

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
            if (await DenyUncheckedAsync(change, cancellation) is { } uncheckedLimit)
                return uncheckedLimit;
            var plan = await WriteAsync(change, now, decision, command.Metadata(reason), reply, cancellation);
            if (decision.Events.Count == 0)
                return plan;
            var asked = change with { Seen = now.Seen(change), SeenTerms = now.Account.State.Customer?.Terms };
            var termsWait = await DoTermsWaitAsync(change, now, command);
            var limit = Raised(change, now) is { } most
                ? Wish(termsWait ? asked with { Terms = null, TermsAfter = asked.Terms } : asked, now, most, reason)
                : null;
            return termsWait && (limit is null || !await gate.WaitsAsync(command, limit))
                ? await gate.PassAsync(command, TermsWish(asked, now, reason), plan, Waiting(asked, now))
                : limit is null ? plan
                : await gate.PassAsync(command, limit, plan, Waiting(asked, now));
        });

    /// <summary>Does what was approved.</summary>
    public static async Task<Plan> CarryOutAsync(
        LimitChange change, ApprovalGrant grant, CancellationToken cancellation)
    {
        if (change.What == SegmentLimit)
            return await SetSegmentLimit.CarryOutAsync(change, grant, cancellation);
        var termsWait = change.TermsAfter is not null;
        if (termsWait)
            change = change with { Terms = change.TermsAfter, TermsAfter = null };
        var changes = grant.Services.GetRequiredService<LimitChanges>();
        var now = await changes.LoadAsync(change, cancellation);
        if (change.Seen is { } seen && seen != now.Seen(change))
            return CreditRefusals.LimitOutdated();
        if (change.SeenTerms is { } then && OtherTerms(change, now) is not null
            && now.Account.State.Customer?.Terms is { } agreed && agreed != then)
            return CreditRefusals.TermsMoved(then, agreed);
        var decision = Decide(change, now, grant.Requested.RequestedBy, grant.ApprovalId);
        var refused = decision.Refusal ?? await changes.DenyMoreAsync(change, now, grant, cancellation)
            ?? await changes.DenyUncheckedAsync(change, cancellation);
        return refused is { } refusal ? refusal
            : termsWait && await changes.AskForTermsAsync(change, now, grant, cancellation) is { } next ? next
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
    /// True where a case grants terms that who asks may not grant alone. A case says nothing of the annual billing, by
    /// which terms are judged, so it takes the highest band.
    /// </summary>
    private async Task<bool> DoTermsWaitAsync(LimitChange change, Now now, HttpCommand command)
    {
        if (OtherTerms(change, now) is null)
            return false;
        var (account, most) = (now.Account.State, DecisionFacts.AboveAllBands(now.Facts.Rates.Base));
        var required = await gate.RequiredAsync(
            ApprovalKinds.Terms, account.Opened!.LegalEntity, most, command.Caller.Roles, command.Cancellation,
            account.Risk?.RiskClass);
        return required.Approvals > 0;
    }

    /// <summary>
    /// The limit of a case is approved; its terms go up the matrix next, and nothing is granted before both are. Null
    /// where by now nobody must approve them.
    /// </summary>
    private async Task<Plan?> AskForTermsAsync(
        LimitChange change, Now now, ApprovalGrant grant, CancellationToken cancellation)
    {
        if (OtherTerms(change, now) is null)
            return null;
        var batch = new WriteBatch(grant.Metadata);
        var wish = TermsWish(change, now, grant.Reason);
        if (await gate.RequestAsync(batch, wish, grant.Requested.RequestedBy, cancellation) is not { } approvalId)
            return null;
        var (application, version) = now.Application!.Value;
        batch.Append(ApplicationStream.Type, change.ApplicationId!.Value, version, ApplicationDecider.SendOn(
            application, grant.ApprovalId, approvalId).Events);
        return Plan.Write(batch, Reply.Ok(new { change.CustomerId }));
    }

    /// <summary>
    /// Why those who approved may not give what it comes to by now, or null: what was asked for in parts, each judged
    /// by itself, is given together, and to a customer that may have worsened. A case that is declined gives nothing.
    /// </summary>
    private async Task<Refusal?> DenyMoreAsync(
        LimitChange change, Now now, ApprovalGrant grant, CancellationToken cancellation)
    {
        var (asked, risk) = (grant.Requested, now.Account.State.Risk?.RiskClass);
        var isOfTerms = asked.Kind == ApprovalKinds.Terms;
        if (change.What == Decline || (isOfTerms ? asked.Amount : Raised(change, now)) is not { } most)
            return null;
        if (!await gate.MayStillApproveAsync(asked, most, risk, now.Facts.Policy.Policy.Scorecard, cancellation))
            return isOfTerms ? CreditRefusals.TermsAboveApproval(risk) : CreditRefusals.LimitAboveApproval(most, risk);
        return isOfTerms ? await DenyLimitBesideAsync(change, now, cancellation) : null;
    }

    /// <summary>
    /// Who approves terms is not asked about the limit beside them: that is for the class by which it was judged, for a
    /// better one, or for nobody to approve.
    /// </summary>
    private async Task<Refusal?> DenyLimitBesideAsync(LimitChange change, Now now, CancellationToken cancellation)
    {
        var (account, policy) = (now.Account.State, now.Facts.Policy.Policy.Scorecard);
        var risk = account.Risk?.RiskClass;
        if (change.LimitClass is not { } judged || judged == (risk ?? "") || Scorecard.IsWorse(policy, risk, judged)
            || Raised(change, now) is not { } most)
            return null;
        var required = await gate.RequiredAsync(
            ApprovalKinds.CreditLimit, account.Opened!.LegalEntity, most, new HashSet<string>(), cancellation, risk);
        return required.Approvals > 0 ? CreditRefusals.LimitAboveApproval(most, risk) : null;
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

    private static bool IsReview(Now now) => now.Application!.Value.State.Submitted!.Kind == Assessor.Review;

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
            Decline => ApplicationDecider.Decline(now.Application!.Value.State, change.Reason!, by, approvalId),
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
        if (change.IsOfCase)
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
    /// not. Cover counts with all there is already: many small guarantees make room like a large one. A case that is
    /// declined takes the authority for a limit of its size, whatever is granted already: an application what it asks
    /// for, a review what it ends.
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
            case Decline:
                var wanted = IsReview(now) ? account.Limit?.Limit : change.Amount;
                return wanted is { IsPositive: true } some ? facts.InBase(some) : null;
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
            change, reason, RiskClass: account.Risk?.RiskClass);
    }

    private static ApprovalWish<RequestTerms.Wish> TermsWish(LimitChange change, Now now, string reason)
    {
        var account = now.Account.State;
        return new ApprovalWish<RequestTerms.Wish>(
            ApprovalKinds.Terms, account.Opened!.LegalEntity, DecisionFacts.AboveAllBands(now.Facts.Rates.Base),
            $"{change.Terms} instead of {account.Customer?.Terms} with a limit of {change.Amount} for " +
            $"{account.Customer?.Name ?? account.Opened.Name}",
            new RequestTerms.Wish(Guid.Empty, change with { LimitClass = account.Risk?.RiskClass ?? "" }), reason,
            RiskClass: account.Risk?.RiskClass);
    }

    /// <summary>A case shows that it waits.</summary>
    private static Func<WriteBatch, ApprovalView, Reply>? Waiting(LimitChange change, Now now)
    {
        if (!change.IsOfCase)
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
        /// <summary>The limits that the change is about; null for what changes none.</summary>
        public SeenLimits? Seen(LimitChange change) => change.What switch
        {
            Cover => null,
            Decline when !IsReview(this) => null,
            GroupLimit => new SeenLimits(Group!.Value.State.Limit?.Limit, Group.Value.State.Limit?.ExpiresOn),
            _ => new SeenLimits(
                Account.State.Limit?.Limit, Account.State.Limit?.ExpiresOn, Account.State.TemporaryLimit),
        };

        /// <summary>That of the resource the caller sees.</summary>
        public long Version(LimitChange change) => change.What switch
        {
            GroupLimit => Group!.Value.Version,
            LimitChanges.Application or Decline => Application!.Value.Version,
            _ => Account.Version,
        };
    }
}
