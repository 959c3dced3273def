using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderToCash.Collections.Playbooks;
using OrderToCash.Collections.Tests.Support;
using OrderToCash.Collections.UseCases;
using OrderToCash.Kernel;
using OrderToCash.ServiceDefaults;

namespace OrderToCash.Collections.Tests.Http;

public sealed class PlaybooksAndActivities(CollectionsApp app) : IClassFixture<CollectionsApp>
{
    /// <summary>What it is about is left out of no notice because it was mistyped or is of a newer version.</summary>
    [Theory]
    [InlineData("channell", "\"email\"")]
    [InlineData("condition", "{\"join\": \"all\", \"daysOverdu\": 9}")]
    public async Task a_step_that_says_more_than_is_understood_is_refused(string member, string value)
    {
        using var client = app.Client();
        var steps = JsonSerializer.SerializeToNode(StandardPlaybook.Read().Steps, Json.Wire)!.AsArray();
        steps[0]![member] = JsonNode.Parse(value);

        var answer = await client.PutAsJsonAsync("/v1/collections/playbooks/mistyped", new { name = "x", steps });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>COL-02: what is due in March is asked for on the first of April.</summary>
    [Fact]
    public async Task a_playbook_that_counts_from_the_end_of_the_month_is_shown_as_it_is_and_run_by()
    {
        const string Path = "/v1/collections/playbooks/month-end";
        var story = await Story.BeginAsync(app);
        using var client = app.Client();
        var steps = StandardPlaybook.Read().Steps;
        var written = await client.PutAsJsonAsync(
            Path, new { name = "By month", steps, countFrom = CountedFrom.EndOfMonth }, Json.Wire);
        written.StatusCode.ShouldBe(HttpStatusCode.Created);
        var shown = JsonNode.Parse(await client.GetStringAsync(Path))!;
        shown["countFrom"]!.GetValue<string>().ShouldBe("end-of-month");
        (await client.PutAsJsonAsync(Path, shown)).Headers.ETag!.Tag.ShouldBe("\"1\"", "the same again is nothing");
        var item = await story.InvoiceAsync(await story.CustomerAsync(), 22);
        item.DueDate.ShouldBe(new DateOnly(2026, 3, 10));

        var run = await Story.ReadAsync<DunningRunView>(
            await story.PostAsync(
                "/v1/collections/dunning-runs",
                new { legalEntity = story.Entity, playbook = "month-end", preview = true }),
            HttpStatusCode.OK);

        run.Notices.ShouldHaveSingleItem().Step.ShouldBe("first-notice");
    }

    /// <summary>A rule by regions is kept as it is; what is mistyped in one is not left out of it.</summary>
    [Fact]
    public async Task a_portfolio_by_regions_gives_customers_to_their_collector()
    {
        var story = await Story.BeginAsync(app);
        var path = $"/v1/collections/portfolios/{story.Entity}";
        var customer = await story.CustomerWithAsync();
        using var client = app.Client();
        var mistyped = await client.PutAsJsonAsync(path, Of("region"));
        mistyped.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await mistyped.Content.ReadAsStringAsync()).ShouldContain("/rules/0/customers/region");

        (await client.PutAsJsonAsync(path, Of("regions"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await story.KnowsAsync(
            $"select count(*) from collectors where customer_id = '{customer}' and collector = 'tess'");
        (await client.GetStringAsync(path)).ShouldContain("\"regions\":[\"TX\"]");

        static object Of(string member) => new
        {
            rules = new[]
            {
                new
                {
                    name = "Texas",
                    customers = new Dictionary<string, string[]> { [member] = ["TX"] },
                    collector = "tess",
                },
            },
        };
    }

    /// <summary>One rule for all that is written as a whole: no member is ignored, and GET's answer may be PUT back.
    /// </summary>
    [Fact]
    public async Task what_is_shown_may_be_put_back_and_what_is_not_known_is_refused()
    {
        var story = await Story.BeginAsync(app);
        using var client = app.Client();
        var of = story.Entity;
        await story.PutAsync<PolicyView>(
            $"/v1/collections/policies/{of}", new { dunning = new { at = "21:00:00", workingDaysOnly = false } });
        foreach (var (path, member) in new[]
        {
            ("playbooks/standard", "code"), ($"policies/{of}", "legalEntity"), ($"portfolios/{of}", "legalEntity"),
            ($"targets/{of}/2026-04", "period"),
        })
        {
            var address = $"/v1/collections/{path}";
            var written = await PutAsync(address, JsonNode.Parse(await client.GetStringAsync(address))!);
            var shown = JsonNode.Parse(await client.GetStringAsync(address))!;
            shown.ToJsonString().ShouldBe(written.ToJsonString());
            (await PutAsync(address, shown)).ToJsonString().ShouldBe(shown.ToJsonString(), "the same again is nothing");

            var mistyped = shown.DeepClone();
            mistyped["quiteDays"] = 3;
            (await client.PutAsJsonAsync(address, mistyped)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, path);
            var other = shown.DeepClone();
            other[member] = member == "period" ? "2026-05" : "another";
            (await client.PutAsJsonAsync(address, other)).StatusCode
                .ShouldBe(HttpStatusCode.UnprocessableEntity, path);
        }

        async Task<JsonNode> PutAsync(string address, JsonNode body)
        {
            var answer = await client.PutAsJsonAsync(address, body);
            var text = await answer.Content.ReadAsStringAsync();
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
            return JsonNode.Parse(text)!;
        }
    }

    [Fact]
    public async Task the_standard_playbook_is_there_and_can_be_changed()
    {
        var story = await Story.BeginAsync(app);
        var standard = await story.GetAsync<PlaybookView>("/v1/collections/playbooks/standard");
        standard.Steps.Select(step => step.OffsetDays).ShouldBe([-3, 1, 10, 20]);
        using var client = app.Client();
        const string path = "/v1/collections/playbooks/gentle";
        object Wish(string name) => new { name, steps = standard.Steps.Take(2), tolerances = new[] { Story.Usd(1) } };

        var created = await client.PutAsJsonAsync(path, Wish("Gentle"), Json.Wire);
        created.Headers.ETag!.Tag.ShouldBe("\"1\"");
        (await client.PutAsJsonAsync(path, Wish("Gentle"), Json.Wire)).Headers.ETag!.Tag.ShouldBe("\"1\"");
        (await client.PutAsJsonAsync(path, Wish("Very gentle"), Json.Wire)).Headers.ETag!.Tag.ShouldBe("\"2\"");

        using var stale = new HttpRequestMessage(HttpMethod.Put, path);
        stale.Content = JsonContent.Create(Wish("x"), options: Json.Wire);
        stale.Headers.Add("If-Match", "\"1\"");
        (await client.SendAsync(stale)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await story.GetAsync<Page<HistoryItem>>($"{path}/history")).Items.Count.ShouldBe(2);
        (await client.PutAsJsonAsync(path, new { name = "Empty", steps = Array.Empty<object>() })).StatusCode
            .ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await client.PutAsJsonAsync(path, new { name = "Nothing" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.GetAsync("/v1/collections/playbooks/none")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>I-19: a playbook decides who is written to in every legal entity.</summary>
    [Fact]
    public async Task playbooks_are_written_by_those_alone_who_may_act_for_all_legal_entities()
    {
        var story = await Story.BeginAsync(app);
        var standard = await story.GetAsync<PlaybookView>("/v1/collections/playbooks/standard");
        using var some = app.Client("collections:read collections:write", story.Entity);
        foreach (var code in new[] { "standard", "another" })
        {
            (await some.PutAsJsonAsync(
                $"/v1/collections/playbooks/{code}", new { name = "Harsh", steps = standard.Steps }, Json.Wire))
                .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        (await story.GetAsync<PlaybookView>("/v1/collections/playbooks/standard")).Version.ShouldBe(standard.Version);
    }

    [Fact]
    public async Task the_contact_log_keeps_calls_and_notes_newest_first()
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        const string path = "/v1/collections/activities";
        var yesterday = app.Clock.GetUtcNow().AddDays(-1);

        var call = await story.PostAsync(path, new
        {
            customerId = customer,
            channel = "call",
            outcome = "left-message",
            summary = "Called Ana",
            occurredAt = yesterday,
        });
        var note = await Story.ReadAsync<ActivityView>(
            await story.PostAsync(path, new { customerId = customer, channel = "note", summary = "Bought by Initech" }),
            HttpStatusCode.Created);

        call.Headers.Location!.ToString().ShouldStartWith($"{path}/");
        var log = await story.GetAsync<Page<ActivityView>>($"{path}?customerId={customer}");
        log.Items.Select(entry => (entry.Channel, entry.Outcome, entry.By)).ShouldBe(
            [("note", "noted", "ana"), ("call", "left-message", "ana")]);
        (await story.GetAsync<ActivityView>($"{path}/{note.Id}")).Summary.ShouldBe("Bought by Initech");
        var calls = await story.GetAsync<Page<ActivityView>>($"{path}?customerId={customer}&channel=call");
        calls.Items.Count.ShouldBe(1);
        using var client = app.Client();
        (await client.GetAsync($"{path}?channel=telepathy")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.GetAsync("/v1/collections/notices?status=sent")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"channel":"note","summary":"x"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"customerId":"$","channel":"telepathy","summary":"x"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"customerId":"$","channel":"note","summary":" "}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"customerId":"$","channel":"call","summary":"x"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""{"customerId":"0190163d-8694-739b-aea5-966c26f8ad90","channel":"note","summary":"x"}""",
        HttpStatusCode.UnprocessableEntity)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    public async Task an_entry_that_is_not_one_is_refused(string body, HttpStatusCode status)
    {
        var story = await Story.BeginAsync(app);
        var customer = await story.CustomerAsync();
        using var client = app.Client();
        using var content = new StringContent(
            body.Replace("$", customer.ToString()), System.Text.Encoding.UTF8, "application/json");

        var response = await client.PostAsync("/v1/collections/activities", content);

        response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync());
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }
}
