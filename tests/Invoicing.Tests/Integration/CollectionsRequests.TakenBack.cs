using System.Net;
using OrderToCash.Contracts.Collections.V1;
using OrderToCash.Contracts.Invoicing.V1;
using OrderToCash.TestKit;

namespace OrderToCash.Invoicing.Tests.Integration;

/// <summary>What is asked for and taken back later: nobody else's is taken back with it.</summary>
public partial class CollectionsRequests
{
    /// <summary>The end of a plan is heard after the beginning of the next one, or after a person's word.</summary>
    [Fact]
    public async Task A_plan_that_ends_leaves_alone_what_was_moved_after_it()
    {
        var (entity, customer, invoice) = await InvoiceAsync(100);
        var (one, other, planned) = (Some.NewId(), Some.NewId(), TestApi.Today.AddDays(90));
        var first = await DueDateAsync(invoice);

        await CarriedOutAsync(Reschedule(one, entity, customer, invoice, planned), 2, planned);
        await CarriedOutAsync(Reschedule(other, entity, customer, invoice, planned), 2, planned);
        await CarriedOutAsync(Reschedule(one, entity, customer, invoice, null), 3, planned);
        await CarriedOutAsync(Reschedule(other, entity, customer, invoice, null), 3, first);

        await CarriedOutAsync(Reschedule(other, entity, customer, invoice, planned), 4, planned);
        (await app.Client.PostAsync($"/v1/invoices/{invoice}/reschedule", new
        {
            source = "terms-change",
            reference = "C-7",
            reason = "agreed",
            installments = new[] { new { installment = 1, dueDate = planned.AddDays(5) } },
        })).ShouldBe(HttpStatusCode.OK);
        await CarriedOutAsync(Reschedule(other, entity, customer, invoice, null), 5, planned.AddDays(5));

        // It is kept after all: money in time was booked late. The next plan is agreed on after the person's word.
        await CarriedOutAsync(Reschedule(other, entity, customer, invoice, planned), 6, planned.AddDays(5));
        await CarriedOutAsync(Reschedule(Some.NewId(), entity, customer, invoice, planned), 2, planned, 7);
    }

    /// <summary>A plan is activated and ended, then another one is made, and all is heard of at once.</summary>
    [Fact]
    public async Task A_plan_takes_nothing_from_a_later_one_that_is_heard_of_before_it()
    {
        var (entity, customer, invoice) = await InvoiceAsync(100);
        var (earlier, later, planned) = (Some.NewId(), Some.NewId(), TestApi.Today.AddDays(90));

        await CarriedOutAsync(Reschedule(later, entity, customer, invoice, planned), 2, planned, 30);
        await CarriedOutAsync(
            Reschedule(earlier, entity, customer, invoice, planned.AddDays(60)), 2, planned, 10);
        await CarriedOutAsync(Reschedule(earlier, entity, customer, invoice, null), 3, planned, 20);
    }

    [Fact]
    public async Task Service_goes_on_with_the_last_recommendation_that_is_taken_back_and_not_against_a_person()
    {
        var entity = await app.EntityAsync();
        var customer = await app.Client.RegisterAsync(entity);
        var one = new ServiceChangeRequested(
            Some.NewId(), Some.NewId(), entity, customer, "suspend", "ana", "Sixty days overdue.");
        var other = one with { RequestId = Some.NewId(), RecommendationId = Some.NewId() };

        await CarriedOutAsync(one, 2, "suspended");
        await CarriedOutAsync(other, 2, "suspended");
        await ToldAsync(customer, [one.RecommendationId, other.RecommendationId]);
        await CarriedOutAsync(one with { RequestId = Some.NewId(), Change = "reinstate" }, 4, "suspended");
        await CarriedOutAsync(other with { RequestId = Some.NewId(), Change = "reinstate" }, 4, "active");

        (await app.Client.PostAsync($"/v1/customers/{customer}/suspend", new { reason = "fraud" }))
            .ShouldBe(HttpStatusCode.OK);
        await CarriedOutAsync(one with { RequestId = Some.NewId(), Change = "reinstate" }, 5, "suspended");
        await ToldAsync(customer, []);
    }

    private async Task CarriedOutAsync(
        RescheduleRequested asked, long version, DateOnly dueDate, long? sequence = null)
    {
        await app.Bus.PublishAsync(asked, version: version, sequence: sequence);
        await AnsweredAsync(asked.RequestId, "carried-out");
        (await DueDateAsync(asked.Items[0].InvoiceId)).ShouldBe(dueDate);
    }

    private async Task CarriedOutAsync(ServiceChangeRequested asked, long version, string status)
    {
        await app.Bus.PublishAsync(asked, version: version);
        await AnsweredAsync(asked.RequestId, "carried-out");
        (await StatusAsync(asked.CustomerId)).ShouldBe(status);
    }

    private Task ToldAsync(Guid customer, Guid[] suspendedFor) => Eventually.Becomes(
        () => Task.FromResult(app.Bus.Heard<CustomerChanged>(customer)),
        told => told.Any(word => word.SuspendedFor?.SequenceEqual(suspendedFor) == true),
        "it is told for which recommendations service is suspended");
}
