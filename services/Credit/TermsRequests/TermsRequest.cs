using System.Text.Json.Serialization;
using OrderToCash.Credit.CreditAccounts;
using OrderToCash.EventSourcing;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.TermsRequests;

/// <summary>A customer asks for payment terms, or a way of being billed, that are not its own.</summary>
/// <param name="CustomerId">Who.</param>
/// <param name="LegalEntity">Code of the selling company.</param>
/// <param name="CustomerName">Its registered name.</param>
/// <param name="AgreedTerms">Terms it has.</param>
/// <param name="RiskClass">Its class, or null.</param>
/// <param name="Wish">What is asked for.</param>
/// <param name="Cost">What that would cost.</param>
/// <param name="RequestedBy">Who asks for it.</param>
/// <param name="Billed">What was billed in the last year, where that is more than is declared; else null.</param>
public sealed record TermsRequested(
    Guid CustomerId, string LegalEntity, string CustomerName, string AgreedTerms, string? RiskClass, TermsWish Wish,
    TermsCost Cost, string RequestedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? Billed = null)
{
    /// <summary>What terms are judged by: whoever asks does not say how little it is.</summary>
    [JsonIgnore]
    public Money Billing => Billed ?? Wish.AnnualBilling;
}

/// <summary>What is asked for, or offered instead.</summary>
/// <param name="Terms">Payment terms, e.g. <c>NET 60</c>.</param>
/// <param name="BillingSchedule">Another way of billing, in words; null for as before.</param>
/// <param name="AnnualBilling">What is billed in a year under them, tax included.</param>
/// <param name="Plan">The other way of billing as a plan; null where it is in words alone.</param>
public sealed record TermsWish(
    string Terms, string? BillingSchedule, Money AnnualBilling,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] BillingPlan? Plan = null);

/// <summary>What other terms cost.</summary>
/// <param name="MoreDays">Days that money comes later; below zero for sooner.</param>
/// <param name="Receivables">What is owed more at any time: annual billing × days / 365.</param>
/// <param name="CapitalPerYear">What it costs to wait for it: that × the policy's cost of capital.</param>
/// <param name="DiscountPerYear">Cash discount given more in a year, if all of it is taken.</param>
/// <param name="MaxDays">Days the policy allows for the class without saying more; null for any.</param>
/// <param name="IsWithinPolicy">They are no longer than that.</param>
/// <param name="RiskPerYear">What is likely to be lost more in a year: what is owed more × the policy's loss of the
/// class; null where the policy names none.</param>
public sealed record TermsCost(
    int MoreDays, Money Receivables, Money CapitalPerYear, Money DiscountPerYear, int? MaxDays, bool IsWithinPolicy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Money? RiskPerYear = null);

/// <summary>A reviewer offers something else.</summary>
public sealed record CounterOffered(TermsWish Offer, TermsCost Cost, string By);

/// <summary>The customer takes the offer.</summary>
public sealed record CounterOfferAccepted;

/// <summary>What is to be agreed is above the reviewer's authority and waits for others.</summary>
public sealed record TermsSentUp(Guid ApprovalId);

/// <summary>Those above said no, or nothing: it is the reviewer's again.</summary>
public sealed record TermsSentBack(string How);

/// <summary>They are agreed.</summary>
/// <param name="Agreed">What holds from now on.</param>
/// <param name="ApprovalId">The approval behind it, or null.</param>
public sealed record TermsApproved(TermsWish Agreed, Guid? ApprovalId);

/// <summary>They are not agreed.</summary>
public sealed record TermsRejected;

/// <summary>Nobody asks for them any more.</summary>
public sealed record TermsWithdrawn;

/// <summary>Where a request stands.</summary>
public enum TermsStatus
{
    /// <summary>A reviewer must look at it.</summary>
    InitialReview,

    /// <summary>Something else is offered; the customer has not answered.</summary>
    CounterOffered,

    /// <summary>It waits for somebody with more authority.</summary>
    AwaitingApproval,

    /// <summary>It is agreed.</summary>
    Approved,

    /// <summary>It is not agreed.</summary>
    Rejected,

    /// <summary>Nobody asks for it any more.</summary>
    Withdrawn,
}

/// <summary>A request for terms.</summary>
public sealed record TermsRequest
{
    /// <summary>The state before the first event.</summary>
    public static readonly TermsRequest Initial = new();

    /// <summary>What is asked for; null before that.</summary>
    public TermsRequested? Requested { get; private init; }

    /// <summary>Where it stands.</summary>
    public TermsStatus Status { get; private init; }

    /// <summary>The last counter-offer, or null.</summary>
    public CounterOffered? Offer { get; private init; }

    /// <summary>The customer has taken the offer.</summary>
    public bool OfferIsAccepted { get; private init; }

    /// <summary>The request for approval it waits for, or null.</summary>
    public Guid? ApprovalId { get; private init; }

    /// <summary>What was agreed, or null.</summary>
    public TermsWish? Agreed { get; private init; }

    /// <summary>What would be agreed now: the accepted offer, else what was asked for.</summary>
    public TermsWish OnTheTable => OfferIsAccepted ? Offer!.Offer : Requested!.Wish;

    /// <summary>True when it is decided, or nobody asks any more.</summary>
    public bool IsOver => Status is TermsStatus.Approved or TermsStatus.Rejected or TermsStatus.Withdrawn;

    /// <summary>State and event in, next state out.</summary>
    public static TermsRequest Evolve(TermsRequest request, object e) => e switch
    {
        TermsRequested requested => request with { Requested = requested },
        CounterOffered offer => request with
        {
            Status = TermsStatus.CounterOffered,
            Offer = offer,
            OfferIsAccepted = false,
        },
        CounterOfferAccepted => request with { Status = TermsStatus.InitialReview, OfferIsAccepted = true },
        TermsSentUp sent => request with { Status = TermsStatus.AwaitingApproval, ApprovalId = sent.ApprovalId },
        TermsSentBack => request with { Status = TermsStatus.InitialReview, ApprovalId = null },
        TermsApproved approved => request with
        {
            Status = TermsStatus.Approved,
            Agreed = approved.Agreed,
            ApprovalId = approved.ApprovalId,
        },
        TermsRejected => request with { Status = TermsStatus.Rejected },
        TermsWithdrawn => request with { Status = TermsStatus.Withdrawn },
        _ => throw new InvalidOperationException($"A terms request has no event {e.GetType().Name}."),
    };
}

/// <summary>One stream per request.</summary>
public static class TermsStream
{
    /// <summary>The kind of stream.</summary>
    public static readonly StreamType<TermsRequest> Type =
        new("terms_request", TermsRequest.Initial, TermsRequest.Evolve);
}
