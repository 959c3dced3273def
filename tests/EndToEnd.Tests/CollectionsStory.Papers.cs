using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrderToCash.EndToEnd.Tests.Support;
using OrderToCash.Kernel;
using OrderToCash.TestKit;

namespace OrderToCash.EndToEnd.Tests;

/// <summary>Who writes to whom in the story, and what of it is read and kept.</summary>
public sealed partial class CollectionsStory
{
    /// <summary>Where every mail and letter is kept to be read, if a folder is named.</summary>
    private static readonly string? Papers = Environment.GetEnvironmentVariable("OTC_STORY_PAPERS");

    /// <summary>The company, its customers, and the standard playbook with letters and an end.</summary>
    private async Task OpenAsync()
    {
        await _api.PutAsync($"/v1/legal-entities/{Code}",
            new { name = "Acme Stories", baseCurrency = "USD", country = "US", timeZone = Zone });
        await _api.PutAsync($"/v1/legal-entities/{Code}/letterhead", new
        {
            name = "Acme Stories, Inc.",
            address = new { street = "500 Market St", city = "Philadelphia", postalCode = "19106", region = "PA" },
            email = "ar@acme-stories.example",
            phone = "+12155550100",
            contactName = "Dana Whitfield",
            bankAccount = "0001234567",
            bankCode = "031000053",
            payLink = "https://pay.acme-stories.example/{customer}",
        });
        using (var operators = _own.As("operator"))
        {
            await operators.PutAsync($"/v1/legal-entities/{Code}/approval-matrix", new
            {
                rules = new[] { new { kind = "write-off", upTo = (string?)null, approvals = 1, role = "controller" } },
            });
        }

        _globex = await RegisterAsync("Globex Corporation", "en");
        _norte = await RegisterAsync("Suministros del Norte", "es");
        _dubois = await RegisterAsync("Papeterie Dubois", "fr");
        var standard = await _api.GetAsync("/v1/collections/playbooks/standard");
        var steps = standard["steps"]!.AsArray().Select(step => step!.DeepClone()).ToList();
        steps[^1]["channel"] = "letter";
        await _api.PutAsync($"/v1/collections/playbooks/{Playbook}", new
        {
            name = "Story",
            steps = steps.Append(Work("escalate", 30, "escalate")).Append(Work("give-up", 60, "recommend-write-off")),
        });
    }

    private static JsonNode Work(string code, int offsetDays, string channel) => new JsonObject
    {
        ["code"] = code,
        ["offsetDays"] = offsetDays,
        ["channel"] = channel,
        ["minimumAmounts"] = new JsonArray(),
        ["wording"] = new JsonObject
        {
            ["en"] = new JsonObject { ["subject"] = "{{customer}} does not pay", ["opening"] = "-", ["closing"] = "-" },
        },
    };

    private async Task<Debtor> RegisterAsync(string name, string language)
    {
        var email = $"ap@{language}.example";
        var customer = await _api.PostAsync("/v1/customers", new
        {
            legalEntity = Code,
            name,
            currency = "USD",
            country = "US",
            language,
            terms = "NET 30",
            billTo = new
            {
                address = new { street = "1 Main St", city = "Austin", region = "TX", postalCode = "78702" },
            },
            contacts = new[] { new { name = "Ana Ruiz", role = "accounts-payable", email } },
        });
        return new Debtor(Seller.Id(customer), name, email, language);
    }

    /// <summary>The letter that waits for a customer says all this on paper; gives the notice.</summary>
    private async Task<Guid> LetterReadsAsync(Debtor who, params string[] words)
    {
        var letter = (await _api.ListAsync($"/v1/collections/letters?customerId={who.Id}")).ShouldHaveSingleItem();
        var id = letter["noticeId"]!.GetValue<Guid>();
        id.ShouldBe(who.Notices[^1]);
        var answer = await _api.TryAsync(HttpMethod.Get, $"/v1/collections/notices/{id}/letter");
        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Text);
        var pdf = await answer.Message.Content.ReadAsByteArrayAsync();
        await KeepAsync($"letter-{who.Language}.pdf", pdf);
        var text = NoticeText.Plain(PdfText.Of(pdf));
        foreach (var word in words)
            text.ShouldContain(word);
        return id;
    }

    private static Task KeepAsync(string name, byte[] paper) => Papers is null
        ? Task.CompletedTask
        : File.WriteAllBytesAsync(Path.Combine(Directory.CreateDirectory(Papers).FullName, name), paper);

    /// <summary>One click on the link in the newest mail, by somebody without a token.</summary>
    private async Task OptOutAsync(Debtor who)
    {
        var mail = _own.System.Mail.Mails.Last(one => one.To.Contains(who.Email)).Content.Replace("\r\n ", "");
        var link = new Uri(OptOutLink().Match(mail).Groups["link"].Value);
        using var anybody = new HttpClient();
        (await anybody.GetAsync(link)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var click = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        (await anybody.PostAsync(link, click)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var profile = await _api.GetAsync($"/v1/collections/customers/{who.Id}/contact-profile");
        profile.ToJsonString().ShouldContain("opted-out");
    }

    [GeneratedRegex("List-Unsubscribe: <(?<link>[^>]*)>", RegexOptions.None, 1000)]
    private static partial Regex OptOutLink();
}
