//! The plugin platform: rule images, and who answers where.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::ports::{Draft, ImageFilter};
use engine::{ActivationFilter, ActivationView, Engine, Error};
use lifecycle::ids::Actor;
use rollout::{CandidateEnd, Digest};
use serde::Serialize;
use serde_json::Value;

use crate::auth::Caller;
use crate::dto::in_local_time;
use crate::dto::plugins::{
    ActivationParameters, ImageParameters, NewActivation, NewPolicy, NewRollback, NoteGiven,
    PlatformAnswer, PlatformPage, PushAnswer, PushRequest,
};
use crate::extract::{Body, Path, Query};
use crate::openapi::{PlatformErrors, ReadErrors};
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// Images on a page, unless the caller says otherwise.
const PAGE: u32 = 50;
/// Most of them.
const PAGE_MAX: u32 = 200;

/// A value of the engine as JSON, with instants in the city's time.
pub(super) fn shown(value: &impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(value)
        .map(in_local_time)
        .map_err(|error| Problem::internal(codes::INTERNAL, &error))
}

fn all_shown(values: &[impl Serialize]) -> Result<Vec<Value>, Problem> {
    values.iter().map(shown).collect()
}

/// The image of a digest or of its first digits.
pub(super) fn found(engine: &Engine, digits: &str) -> Result<Digest, Error> {
    let pushed = engine.rollout().find(digits)?;
    let digest = pushed.rule.image.parse::<Digest>();
    digest.map_err(|error| engine::RolloutError::from(error).into())
}

/// Push a plugin.
///
/// Checks a component with its settings before anything else sees it, and keeps the image once under its
/// digest if nothing stands in the way. What fails is answered 422 with the whole report: each check in
/// plain words, each problem with its way out. For the admin and districts.
#[utoipa::path(
    post, path = "/plugins", tag = "plugins", operation_id = "push_plugin",
    request_body = PushRequest,
    responses(
        (status = 201, description = "A new image is kept", body = PushAnswer),
        (status = 200, description = "The image is known, or was only checked", body = PushAnswer),
        PlatformErrors,
    )
)]
pub(crate) async fn push(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<PushRequest>,
) -> Result<Response, Problem> {
    let request = body.value;
    let component = STANDARD
        .decode(request.component.as_bytes())
        .map_err(|error| {
            let detail = format!("is no base64: {error}");
            Problem::field(codes::INVALID_FIELD, "component", detail)
                .way_out("send the bytes of the .wasm file in base64")
        })?;
    let settings = request.settings.to_string();
    let fixtures = request.fixtures.map(|cases| Value::from(cases).to_string());
    let keep = !request.check_only;
    let outcome = state
        .call(move |engine| {
            let draft = Draft {
                component: &component,
                settings: &settings,
                fixtures: fixtures.as_deref(),
            };
            engine.push_plugin(&draft, &request.source, keep, &caller.0)
        })
        .await??;
    if !outcome.passed {
        return Err(Problem::new(
            codes::PLUGIN_REFUSED,
            "the plugin does not pass every check; `params.report` names each with its way out",
        )
        .way_out("correct what failed and push it again")
        .param("report", outcome.report));
    }
    let new = outcome.pushed.as_ref().is_some_and(|it| it.new);
    let image = outcome.pushed.as_ref().map(|it| shown(&it.record));
    let answer = PushAnswer {
        passed: true,
        report: outcome.report,
        image: image.transpose()?,
        new,
    };
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(answer)).into_response())
}

/// List images, newest first.
#[utoipa::path(
    get, path = "/plugins", tag = "plugins", operation_id = "list_plugins",
    params(ImageParameters),
    responses((status = 200, description = "A page of images", body = PlatformPage), ReadErrors)
)]
pub(crate) async fn images(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<ImageParameters>,
) -> Result<Json<PlatformPage>, Problem> {
    let limit = parameters.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        let detail = format!("must lie between 1 and {PAGE_MAX}");
        return Err(Problem::field(codes::INVALID_PARAMETER, "limit", detail));
    }
    let filter = ImageFilter {
        kind: parameters.kind.map(Into::into),
        name: parameters.name,
        digest_prefix: None,
    };
    let page = state
        .call(move |engine| {
            let after = parameters.after.as_deref();
            engine.rollout().images(&filter, after, limit, &caller.0)
        })
        .await??;
    Ok(Json(PlatformPage {
        items: all_shown(&page.items)?,
        next: page.next,
    }))
}

/// Show an image: where it comes from, its settings and their schema, the report of its checks, and every
/// activation of it.
#[utoipa::path(
    get, path = "/plugins/{image}", tag = "plugins", operation_id = "show_plugin",
    params(("image" = String, Path, description = "Digest, or its first digits")),
    responses((status = 200, description = "The image", body = Object), ReadErrors)
)]
pub(crate) async fn image(
    State(state): State<AppState>,
    caller: Caller,
    Path(digits): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (record, activations) = state
        .call(move |engine| {
            let rollout = engine.rollout();
            rollout.image(&found(engine, &digits)?, &caller.0)
        })
        .await??;
    let mut answer = shown(&record)?;
    if let Some(fields) = answer.as_object_mut() {
        for text in ["settings", "report"] {
            // Both are kept as the very bytes; whoever reads them wants the value.
            let parsed = fields
                .get(text)
                .and_then(Value::as_str)
                .map(serde_json::from_str);
            if let Some(Ok(value)) = parsed {
                fields.insert(text.to_owned(), value);
            }
        }
        fields.insert(
            "activations".to_owned(),
            Value::from(all_shown(&activations)?),
        );
    }
    Ok(Json(answer))
}

/// Fetch an image, as Spin serves it.
#[utoipa::path(
    get, path = "/plugins/{image}/wasm", tag = "plugins", operation_id = "pull_plugin",
    params(("image" = String, Path, description = "Digest, or its first digits")),
    responses(
        (status = 200, description = "The image", content_type = "application/wasm", body = Vec<u8>),
        ReadErrors,
    )
)]
pub(crate) async fn wasm(
    State(state): State<AppState>,
    caller: Caller,
    Path(digits): Path<String>,
) -> Result<Response, Problem> {
    let (digest, bytes) = state
        .call(move |engine| -> Result<_, Error> {
            let digest = found(engine, &digits)?;
            let bytes = engine.rollout().image_bytes(&digest, &caller.0)?;
            Ok((digest, bytes))
        })
        .await??;
    let headers = [
        (header::CONTENT_TYPE, "application/wasm".to_owned()),
        (header::ETAG, format!("\"{digest}\"")),
    ];
    Ok((headers, bytes).into_response())
}

/// List activations: of a scope and kind newest first, of all otherwise.
#[utoipa::path(
    get, path = "/activations", tag = "plugins", operation_id = "list_activations",
    params(ActivationParameters),
    responses((status = 200, description = "The activations", body = PlatformPage), ReadErrors)
)]
pub(crate) async fn activations(
    State(state): State<AppState>,
    caller: Caller,
    Query(parameters): Query<ActivationParameters>,
) -> Result<Json<PlatformPage>, Problem> {
    let filter = ActivationFilter {
        scope: parameters.scope,
        kind: parameters.kind.map(Into::into),
        ..ActivationFilter::default()
    };
    let list = state
        .call(move |engine| engine.rollout().activations(&filter, &caller.0))
        .await??;
    Ok(Json(PlatformPage {
        items: all_shown(&list)?,
        next: None,
    }))
}

/// Activate an image, or have it run beside: at once, or from an instant on. For the admin.
#[utoipa::path(
    post, path = "/activations", tag = "plugins", operation_id = "activate_plugin",
    request_body = NewActivation,
    responses((status = 201, description = "The activation", body = Object), PlatformErrors)
)]
pub(crate) async fn activate(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<NewActivation>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted = body.value;
    let view = change(&state, caller, move |engine, by| {
        let image = wanted.image.as_deref();
        let image = image.map(|digits| found(engine, digits)).transpose()?;
        let view = engine.rollout().propose(wanted.proposal(image)?, by)?;
        Ok(Some(view))
    })
    .await?;
    Ok((StatusCode::CREATED, Json(shown(&view)?)))
}

/// Show an activation.
#[utoipa::path(
    get, path = "/activations/{id}", tag = "plugins", operation_id = "show_activation",
    params(("id" = u64, Path, description = "Number of the activation")),
    responses((status = 200, description = "The activation", body = Object), ReadErrors)
)]
pub(crate) async fn activation(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Problem> {
    let view = state
        .call(move |engine| engine.rollout().activation(id, &caller.0))
        .await??;
    Ok(Json(shown(&view)?))
}

/// Approve an activation or a policy, as a second person.
#[utoipa::path(
    post, path = "/activations/{id}/approval", tag = "plugins",
    operation_id = "approve_activation",
    params(("id" = u64, Path, description = "Number of the activation or policy")),
    responses((status = 200, description = "It, approved", body = Object), PlatformErrors)
)]
pub(crate) async fn approve(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<u64>,
) -> Result<Json<Value>, Problem> {
    let view = change(&state, caller, move |engine, by| {
        engine.rollout().approve(id, by)
    })
    .await?;
    Ok(Json(shown(&view)?))
}

/// Take back an activation or a policy that has not taken effect.
#[utoipa::path(
    post, path = "/activations/{id}/withdrawal", tag = "plugins",
    operation_id = "withdraw_activation", request_body = NoteGiven,
    params(("id" = u64, Path, description = "Number of the activation or policy")),
    responses((status = 200, description = "It, withdrawn", body = Object), PlatformErrors)
)]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<u64>,
    body: Body<NoteGiven>,
) -> Result<Json<Value>, Problem> {
    let note = body.value.note;
    let view = change(&state, caller, move |engine, by| {
        engine.rollout().withdraw(id, &note, by)
    })
    .await?;
    Ok(Json(shown(&view)?))
}

/// End a shadow or a canary.
#[utoipa::path(
    post, path = "/activations/{id}/end", tag = "plugins", operation_id = "end_candidate",
    request_body = NoteGiven,
    params(("id" = u64, Path, description = "Number of the activation")),
    responses((status = 200, description = "The activation, ended", body = Object), PlatformErrors)
)]
pub(crate) async fn end(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<u64>,
    body: Body<NoteGiven>,
) -> Result<Json<Value>, Problem> {
    let why = CandidateEnd::Person {
        note: body.value.note,
    };
    let view = change(&state, caller, move |engine, by| {
        engine.rollout().end_candidate(id, why, by).map(Some)
    })
    .await?;
    Ok(Json(shown(&view)?))
}

/// Return to an earlier activation, at once and without compiling.
#[utoipa::path(
    post, path = "/rollbacks", tag = "plugins", operation_id = "roll_back",
    request_body = NewRollback,
    responses((status = 201, description = "The new activation", body = Object), PlatformErrors)
)]
pub(crate) async fn roll_back(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<NewRollback>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let NewRollback {
        scope,
        kind,
        to,
        note,
    } = body.value;
    let view = change(&state, caller, move |engine, by| {
        engine
            .rollout()
            .roll_back(&scope, kind.into(), to, &note, by)
            .map(Some)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(shown(&view)?)))
}

/// A change of the rollout log, put into force here before it is answered; the answer tells how the
/// activation stands then. An image that is not loaded yet is compiled first, on this call's own thread;
/// decisions go on meanwhile. Nothing where a policy was changed.
async fn change(
    state: &AppState,
    caller: Caller,
    work: impl FnOnce(&Engine, &Actor) -> Result<Option<ActivationView>, Error> + Send + 'static,
) -> Result<Option<ActivationView>, Problem> {
    let answer = state
        .call(move |engine| {
            let Some(view) = work(engine, &caller.0)? else {
                return Ok(None);
            };
            let id = view.activation.id;
            engine.take_up(id)?;
            engine.rollout().activation(id, &caller.0).map(Some)
        })
        .await?;
    Ok(answer?)
}

/// Show how the platform stands: what answers where, whether it is loaded, asked, and how often it failed;
/// what is to come or waits for a second person, policies among it; shadows and canaries with their counts.
#[utoipa::path(
    get, path = "/platform", tag = "plugins", operation_id = "platform_status",
    responses((status = 200, description = "How it stands", body = PlatformAnswer), ReadErrors)
)]
pub(crate) async fn status(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<PlatformAnswer>, Problem> {
    let status = state
        .call(move |engine| engine.platform_status(&caller.0))
        .await??;
    let candidates = status.candidates.into_iter().map(in_local_time);
    Ok(Json(PlatformAnswer {
        placements: all_shown(&status.placements)?,
        activations: all_shown(&status.activations)?,
        policies: all_shown(&status.policies)?,
        candidates: candidates.collect(),
    }))
}

/// Shadows and canaries that run here, with their live counts.
#[utoipa::path(
    get, path = "/candidates", tag = "plugins", operation_id = "list_candidates",
    responses((status = 200, description = "The candidates", body = PlatformPage), ReadErrors)
)]
pub(crate) async fn candidates(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<PlatformPage>, Problem> {
    let running = state
        .call(move |engine| engine.running_candidates(&caller.0))
        .await??;
    let items = running.into_iter().map(|it| in_local_time(it.counts));
    Ok(Json(PlatformPage {
        items: items.collect(),
        next: None,
    }))
}

/// List what activating takes, by scope and kind.
#[utoipa::path(
    get, path = "/activation-policies", tag = "plugins", operation_id = "list_policies",
    responses((status = 200, description = "The policies", body = PlatformPage), ReadErrors)
)]
pub(crate) async fn policies(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<PlatformPage>, Problem> {
    let list = state
        .call(move |engine| engine.rollout().policies(&caller.0))
        .await??;
    Ok(Json(PlatformPage {
        items: all_shown(&list)?,
        next: None,
    }))
}

/// Say what activating in a scope takes. One that loosens a policy which asks for a second person holds
/// only when a second person approves it.
#[utoipa::path(
    post, path = "/activation-policies", tag = "plugins", operation_id = "set_policy",
    request_body = NewPolicy,
    responses((status = 201, description = "The policy", body = Object), PlatformErrors)
)]
pub(crate) async fn set_policy(
    State(state): State<AppState>,
    caller: Caller,
    body: Body<NewPolicy>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted = body.value;
    let view = state
        .call(move |engine| {
            let kind = wanted.kind.map(Into::into);
            let policy = wanted.policy();
            let rollout = engine.rollout();
            rollout.set_policy(&wanted.scope, kind, policy, &wanted.note, &caller.0)
        })
        .await??;
    Ok((StatusCode::CREATED, Json(shown(&view)?)))
}
