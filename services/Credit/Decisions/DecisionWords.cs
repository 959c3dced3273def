using System.Globalization;
using OrderToCash.Credit.TermsRequests;
using OrderToCash.Documents;
using OrderToCash.Kernel;

namespace OrderToCash.Credit.Decisions;

/// <summary>
/// What a mail about a decision says in one language. Reasons stay as they are, in the words of whoever gave them.
/// </summary>
/// <param name="Language">How it writes dates and amounts.</param>
/// <param name="Approved">{0}: what is granted.</param>
/// <param name="Until">{0}: its last day.</param>
/// <param name="WithTerms">{0}: the payment terms.</param>
/// <param name="Declined">{0}: what was asked for.</param>
/// <param name="Customer">{0}: its name, {1}: its number, {2}: the legal entity.</param>
/// <param name="AskedFor">{0}: what, {1}: by whom.</param>
/// <param name="Terms">{0}: the payment terms that were asked for.</param>
/// <param name="DecidedBy">{0}: who.</param>
/// <param name="ThePolicy">Who decided, where it was no person.</param>
/// <param name="Reason">{0}: why.</param>
/// <param name="Case">{0}: its identifier.</param>
/// <param name="TermsApproved">{0}: the payment terms, {1}: those it had.</param>
/// <param name="TermsDeclined">{0}: the payment terms that were on the table, {1}: those it has.</param>
/// <param name="TermsOffered">{0}: the payment terms that are offered, {1}: those it has.</param>
/// <param name="Billing">{0}: another way of billing.</param>
/// <param name="Request">{0}: the identifier of a request for terms.</param>
/// <param name="Intervals">How often is billed, in the order of <see cref="BillingInterval"/>.</param>
/// <param name="InAdvance">{0}: how often, {1}: from which day.</param>
/// <param name="InArrears">{0}: how often, {1}: from which day.</param>
/// <param name="WholePeriods">{0}: from which day.</param>
/// <param name="Milestones">{0}: how many.</param>
public sealed record DecisionWords(
    DocumentLanguage Language, string Approved, string Until, string WithTerms, string Declined, string Customer,
    string AskedFor, string Terms, string DecidedBy, string ThePolicy, string Reason, string Case,
    string TermsApproved, string TermsDeclined, string TermsOffered, string Billing, string Request,
    IReadOnlyList<string> Intervals, string InAdvance, string InArrears, string WholePeriods, string Milestones)
{
    private static readonly DecisionWords English = new(
        DocumentLanguage.English, "credit of {0} is approved", " until {0}", ", with terms {0}",
        "credit of {0} is declined", "Customer: {0}, {1}, {2}", "Asked for: {0}, by {1}", ", terms {0}",
        "Decided by: {0}", "the credit policy", "Reason: {0}", "Case: {0}",
        "terms {0} are approved (until now {1})", "terms {0} are declined ({1} stay)",
        "terms {0} are offered (now {1}); an answer is awaited", "Billing: {0}", "Request: {0}",
        ["monthly", "quarterly", "annually"], "{0} in advance from {1}", "{0} in arrears from {1}",
        ", whole periods from {0}", "milestones: {0}");

    private static readonly DecisionWords Spanish = new(
        DocumentLanguage.Spanish, "se aprueba un crédito de {0}", " hasta el {0}", ", con condiciones {0}",
        "se rechaza un crédito de {0}", "Cliente: {0}, {1}, {2}", "Solicitado: {0}, por {1}", ", condiciones {0}",
        "Decidido por: {0}", "la política de crédito", "Motivo: {0}", "Expediente: {0}",
        "se aprueban las condiciones {0} (hasta ahora {1})", "se rechazan las condiciones {0} (se mantienen {1})",
        "se ofrecen las condiciones {0} (ahora {1}); se espera respuesta", "Facturación: {0}", "Solicitud: {0}",
        ["mensualmente", "trimestralmente", "anualmente"], "{0} por anticipado desde el {1}",
        "{0} a periodo vencido desde el {1}", ", periodos enteros desde el {0}", "hitos: {0}");

    private static readonly DecisionWords French = new(
        DocumentLanguage.French, "un crédit de {0} est accordé", " jusqu'au {0}", ", aux conditions {0}",
        "un crédit de {0} est refusé", "Client : {0}, {1}, {2}", "Demandé : {0}, par {1}", ", conditions {0}",
        "Décidé par : {0}", "la politique de crédit", "Motif : {0}", "Dossier : {0}",
        "les conditions {0} sont accordées (jusqu'ici {1})", "les conditions {0} sont refusées ({1} restent)",
        "les conditions {0} sont proposées (actuellement {1}) ; une réponse est attendue", "Facturation : {0}",
        "Demande : {0}", ["chaque mois", "chaque trimestre", "chaque année"], "{0} d'avance à partir du {1}",
        "{0} à terme échu à partir du {1}", ", périodes entières à partir du {0}", "étapes : {0}");

    /// <summary>Those of a language; English where there is no other.</summary>
    public static DecisionWords Of(string? language) => language switch
    {
        "es" => Spanish,
        "fr" => French,
        _ => English,
    };

    /// <summary>What a plan of billing binds to, whatever is said of it beside it.</summary>
    public string Plan(BillingPlan plan) => plan is { Interval: { } interval, From: { } from }
        ? Say(plan.InArrears ? InArrears : InAdvance, Intervals[(int)interval], from)
            + (plan.FirstFullPeriod is { } first ? Say(WholePeriods, first) : "")
        : Say(Milestones, plan.Milestones?.Count ?? 0);

    /// <summary>A sentence with what belongs into it; amounts and days as the language writes them.</summary>
    public string Say(string words, params object?[] values) => string.Format(
        CultureInfo.InvariantCulture, words,
        [
            .. values.Select(value => value switch
            {
                Money money => Language.Amount(money),
                DateOnly day => Language.Date(day),
                _ => value,
            }),
        ]);
}
