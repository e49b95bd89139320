{{- /* Only this mode asks whose certificate it is; a Secret that nothing reads must not keep the pod waiting. */ -}}
{{- define "cam.databaseTls" -}}
{{- if eq .Values.database.sslMode "verify-full" }}yes{{ end -}}
{{- end -}}

{{- define "cam.environment" -}}
- {name: PORT, value: {{ .Values.service.targetPort | quote }}}
- {name: DB_HOST, value: {{ .Values.database.host | quote }}}
- {name: DB_PORT, value: {{ .Values.database.port | quote }}}
- {name: DB_NAME, value: {{ .Values.database.name | quote }}}
- {name: DB_SSLMODE, value: {{ .Values.database.sslMode | quote }}}
- {name: DB_POOL_MAX, value: {{ .Values.database.poolMax | quote }}}
- {name: DB_USER_FILE, value: /etc/cam/database/username}
- {name: DB_PASSWORD_FILE, value: /etc/cam/database/password}
{{- if include "cam.databaseTls" . }}
- {name: DB_CA_FILE, value: /etc/cam/database-tls/ca.crt}
{{- end }}
- {name: REDIS_HOST, value: {{ .Values.redis.host | quote }}}
- {name: REDIS_PORT, value: {{ .Values.redis.port | quote }}}
- {name: REDIS_TLS, value: {{ .Values.redis.tls | quote }}}
- {name: REDIS_PASSWORD_FILE, value: /etc/cam/redis/password}
{{- if .Values.redis.tls }}
- {name: REDIS_CA_FILE, value: /etc/cam/redis-tls/ca.crt}
{{- end }}
- {name: CAM_API_KEY_FILE, value: /etc/cam/api-key/api-key}
- {name: SHUTDOWN_DRAIN_SECONDS, value: {{ .Values.graceful.drainSeconds | quote }}}
{{- with (.Values.resources.limits | default dict).memory }}
# Node does not know the limit of its container: without this the kernel ends it at the limit.
- {name: NODE_OPTIONS, value: "--max-old-space-size={{ div (mul (int (include "cam.mib" .)) (int $.Values.heapPercent)) 100 }}"}
{{- end }}
{{- if .Values.tracing.enabled }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .Values.tracing.endpoint | quote }}}
- {name: OTEL_SERVICE_NAME, value: {{ include "cam.fullname" . }}}
{{- end }}
{{- if .Values.faults }}
- {name: CAM_FAULTS_ENABLED, value: "true"}
{{- range $name, $value := .Values.faults }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "cam.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
- name: database
  secret: {secretName: {{ .Values.database.existingSecret }}, defaultMode: 288}
{{- if include "cam.databaseTls" . }}
- name: database-tls
  secret:
    secretName: {{ .Values.database.tlsSecret }}
    defaultMode: 288
    items: [{key: ca.crt, path: ca.crt}]
{{- end }}
- name: redis
  secret:
    secretName: {{ .Values.redis.existingSecret }}
    defaultMode: 288
    items: [{key: password, path: password}]
{{- if .Values.redis.tls }}
- name: redis-tls
  secret:
    secretName: {{ .Values.redis.tlsSecret }}
    defaultMode: 288
    items: [{key: ca.crt, path: ca.crt}]
{{- end }}
- name: api-key
  secret: {secretName: {{ .Values.apiKey.existingSecret }}, defaultMode: 288}
{{- if .Values.rbac.create }}
# A token of an hour, only where the app has rights to use it for.
- name: api-access
  projected:
    defaultMode: 288
    sources:
      - serviceAccountToken: {path: token, expirationSeconds: 3600}
      - configMap: {name: kube-root-ca.crt, items: [{key: ca.crt, path: ca.crt}]}
      - downwardAPI: {items: [{path: namespace, fieldRef: {fieldPath: metadata.namespace}}]}
{{- end }}
{{- end -}}

{{- define "cam.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- $unread := dict "database-tls" (not (include "cam.databaseTls" .)) "redis-tls" (not .Values.redis.tls) }}
{{- range list "database" "database-tls" "redis" "redis-tls" "api-key" }}
{{- if not (index $unread .) }}
- {name: {{ . }}, mountPath: /etc/cam/{{ . }}, readOnly: true}
{{- end }}
{{- end }}
{{- if .Values.rbac.create }}
- {name: api-access, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true}
{{- end }}
{{- end -}}

{{- define "cam.spread" -}}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  # Without it the pods of the old revision count, and a rollout ends skewed.
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels:
      {{- include "cam.selector" $ | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "cam.affinity" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "cam.selector" . | nindent 12 }}
{{- end -}}
