using OrderToCash.Credit.TermsRequests;
using OrderToCash.EventSourcing.Projections;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.ReadModels;

/// <summary>Requests for terms, the queue of those in review among them.</summary>
public sealed class TermsRequestsProjection : Projection
{
    public TermsRequestsProjection()
        : base("terms_requests", "terms_requests")
    {
        On<TermsRequested>(
            "insert into terms_requests (request_id, status, customer_id, customer_name, legal_entity, agreed_terms, " +
            "terms, schedule, annual_billing, currency, cost, requested_at, requested_by) " +
            "select id, 'initial-review', customer_id, name, entity, agreed, terms, schedule, billing, currency, " +
            "cost, at, by from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as e (id, customer_id, " +
            "name, entity, agreed, terms, schedule, billing, currency, cost, at, by)",
            rows => rows
                .Column(e => e.StreamId)
                .Column(e => e.Data.CustomerId)
                .Column(e => e.Data.CustomerName)
                .Column(e => e.Data.LegalEntity)
                .Column(e => e.Data.AgreedTerms)
                .Column(e => e.Data.Wish.Terms)
                .Column(e => e.Data.Wish.BillingSchedule)
                .Column(e => e.Data.Wish.AnnualBilling.Amount)
                .Column(e => e.Data.Wish.AnnualBilling.Currency.Code)
                .Column(e => e.Data.Cost.CapitalPerYear.Amount + e.Data.Cost.DiscountPerYear.Amount)
                .Column(e => e.At)
                .Column(e => e.Data.RequestedBy));
        OnStatus<CounterOffered>(TermsStatus.CounterOffered);
        OnStatus<CounterOfferAccepted>(TermsStatus.InitialReview);
        OnStatus<TermsSentUp>(TermsStatus.AwaitingApproval);
        OnStatus<TermsSentBack>(TermsStatus.InitialReview);
        OnStatus<TermsApproved>(TermsStatus.Approved);
        OnStatus<TermsRejected>(TermsStatus.Rejected);
        OnStatus<TermsWithdrawn>(TermsStatus.Withdrawn);
    }

    private void OnStatus<TEvent>(TermsStatus status) => On<TEvent>(
        "update terms_requests r set status = e.status from unnest($1, $2) as e (id, status) where r.request_id = e.id",
        rows => rows
            .Column(e => e.StreamId)
            .Column(_ => Json.NameOf(status)));
}
